using System.Buffers;
using System.IO.Hashing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Webhook.Actors.Telemetry;

namespace Webhook.Server.Inputs;

/// <summary>
/// Keeps an input's refused lines, since nobody is there to be told: each with its place and reason in <c>DATA/refused/</c>, one JSON object a line, up to <see cref="MaxFileBytes"/>; beyond it they
/// are only counted, until somebody moves the file away. Each is counted in a metric, and one warning a minute says that there are any, without their content.
/// </summary>
/// <remarks>They are on the disk before the input's mark is behind them, so after a kill one may be here twice, and none is missing.</remarks>
internal sealed class RefusedLines(InputDefinition input, string dataFolder, WebhookMetrics metrics, TimeProvider time, ILogger logger)
{
    public const long MaxFileBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _sinceWarning;
    private long _unkept;
    private long? _lastWarning;

    /// <summary>Named like its source; of two sources with the same file name each has its own.</summary>
    public string File { get; } = Path.Combine(dataFolder, "refused", input is FollowedFileDefinition file
        ? $"{Path.GetFileName(file.Path)}-{XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(file.Path)):x8}.ndjson"
        : $"{input.Name}.ndjson");

    /// <param name="source">The file that the lines stand in, or what else they come from.</param>
    public void Keep(IReadOnlyList<RefusedLine> lines, string source)
    {
        if (lines.Count == 0) return;
        foreach (var line in lines) metrics.InputRefused(input.Name, line.Type);
        var kept = 0;
        string? trouble = null;
        try
        {
            kept = Write(lines, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be kept must not hold up the good ones.
            trouble = e.Message;
        }

        if (kept < lines.Count) metrics.InputUnkept(input.Name, lines.Count - kept);
        _unkept += lines.Count - kept;
        _sinceWarning += lines.Count;
        Warn(lines[^1], source, trouble);
    }

    private int Write(IReadOnlyList<RefusedLine> lines, string source)
    {
        CreateFolder();
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(File, options);
        var record = new ArrayBufferWriter<byte>();
        var kept = 0;
        foreach (var line in lines)
        {
            record.ResetWrittenCount();
            Format(record, line, source);
            if (file.Position + record.WrittenCount > MaxFileBytes) break;
            file.Write(record.WrittenSpan);
            kept++;
        }

        file.Flush(flushToDisk: true);
        return kept;
    }

    private void CreateFolder()
    {
        var folder = Path.GetDirectoryName(File)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Format(ArrayBufferWriter<byte> record, in RefusedLine line, string source)
    {
        using (var json = new Utf8JsonWriter(record, Readable))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, time.GetUtcNow());
            json.WriteString("input"u8, input.Name);
            json.WriteString("source"u8, source);
            json.WriteNumber("offset"u8, line.Offset);
            json.WriteNumber("bytes"u8, line.Length);
            json.WriteString("type"u8, line.Type);
            json.WriteString("reason"u8, line.Reason);
            if (Utf8.IsValid(line.Beginning.Span)) json.WriteString("line"u8, line.Beginning.Span);
            else json.WriteBase64String("lineBase64"u8, line.Beginning.Span);
            json.WriteEndObject();
        }

        record.Write("\n"u8);
    }

    private void Warn(in RefusedLine last, string source, string? trouble)
    {
        if (_lastWarning is { } before && time.GetElapsedTime(before) < WarningInterval) return;
        logger.LogWarning(
            "The input {Input} refused {Lines} lines, the last at byte {Offset} of {Source} ({Type}); lines and reasons are in {File}, without {Unkept} that were only counted{Trouble}",
            input.Name, _sinceWarning, last.Offset, source, last.Type, File, _unkept, trouble is null ? "" : $" ({trouble})");
        _lastWarning = time.GetTimestamp();
        _sinceWarning = 0;
        _unkept = 0;
    }
}
