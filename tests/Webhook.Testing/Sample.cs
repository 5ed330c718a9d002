namespace Webhook.Testing;

/// <summary>Real alerts of Falco; where each comes from, and its licence, is in Samples/SOURCES.md.</summary>
public static class Sample
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples");

    /// <summary>File names of the single alerts, in order.</summary>
    public static IReadOnlyList<string> Alerts { get; } =
        [.. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>Eight alerts, one a line.</summary>
    public const string Burst = "15-burst-8-events.ndjson";

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));
}
