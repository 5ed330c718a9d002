using System.Reflection;

namespace Webhook.Server.Demo;

/// <summary>Real Falco alerts out of public documentation and tests; Samples/SOURCES.md names the origin and licence of each.</summary>
internal static class DemoSamples
{
    private const string Prefix = "Samples/";

    public static IReadOnlyList<(string Name, byte[] Body)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. from resource in assembly.GetManifestResourceNames()
               where resource.StartsWith(Prefix, StringComparison.Ordinal)
               orderby resource
               select (resource[Prefix.Length..], Read(assembly, resource)),
        ];
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var body = new byte[stream.Length];
        stream.ReadExactly(body);
        return body;
    }
}
