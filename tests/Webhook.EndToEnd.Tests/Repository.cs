using System.Runtime.CompilerServices;

namespace Webhook.EndToEnd.Tests;

/// <summary>Where the sources are that the tests were built from.</summary>
internal static class Repository
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    private static string Here([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
