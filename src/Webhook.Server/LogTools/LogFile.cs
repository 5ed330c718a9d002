namespace Webhook.Server.LogTools;

/// <summary>One file of the log.</summary>
/// <param name="Name">Relative to the log's folder.</param>
internal sealed record LogFile(string Name, string Kind, long Bytes)
{
    private const string Tables = "tables";
    private const string WriteAheadLogs = "write-ahead logs";
    private const string Manifest = "manifest";
    private const string Head = "head";

    public static LogFile Of(string name, long bytes) => new(name, KindOf(name), bytes);

    /// <summary>Only a log has such a file.</summary>
    public static bool IsOfStore(string name) => KindOf(name) is Tables or WriteAheadLogs or Manifest or Head;

    private static string KindOf(string name) => name switch
    {
        "CURRENT" => Manifest,
        "head" => Head,
        _ when name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) => "set aside",
        _ when name.StartsWith("MANIFEST-", StringComparison.Ordinal) => Manifest,
        _ when IsNumbered(name, ".sst") => Tables,
        _ when IsNumbered(name, ".log") => WriteAheadLogs,
        _ => "others",
    };

    private static bool IsNumbered(string name, string extension) =>
        name.Length > extension.Length && name.EndsWith(extension, StringComparison.Ordinal) && !name.AsSpan(0, name.Length - extension.Length).ContainsAnyExceptInRange('0', '9');
}
