using System.Globalization;
using Webhook.Actors;

namespace Webhook.Server.Audit;

/// <summary>
/// The files of the audit log: <c>audit.jsonl</c> is written, <c>audit-000001.jsonl</c> and so on are full. Lines are only ever added. Not for several threads.
/// </summary>
/// <remarks>
/// The file is opened for each line: changes are rare, and so nothing has to be put right after a failed write. Half a line, left by a crash or a full disk, is ended by the next one and
/// passed over by readers.
/// </remarks>
internal sealed class AuditFiles(string folder, AuditOptions options)
{
    private const byte EndOfLine = (byte)'\n';
    private readonly string _current = Path.Combine(folder, "audit.jsonl");

    /// <summary>Returns when the line is on disk.</summary>
    /// <param name="line">Without its end.</param>
    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: it is not, or not for certain.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (new FileInfo(_current) is { Exists: true, Length: > 0 } full && full.Length + line.Length + 2 > options.MaxFileBytes) BeginNext();
        var isNew = !File.Exists(_current);
        var mode = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(_current, mode))
        {
            // One write, so that a line is there whole or is the file's last.
            byte[] bytes = IsCutOff(file) ? [EndOfLine, .. line, EndOfLine] : [.. line, EndOfLine];
            file.Seek(0, SeekOrigin.End);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        if (isNew) FolderSync.Sync(folder);
    }

    /// <summary>All files, the newest first, open and with their length: they can be read while lines are added and files deleted.</summary>
    public List<(FileStream File, int Length)> Open()
    {
        var files = new List<(FileStream, int)>();
        foreach (var path in Full().Append(_current).Where(File.Exists).Reverse())
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            files.Add((file, (int)file.Length));
        }

        return files;
    }

    private static bool IsCutOff(FileStream file)
    {
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != EndOfLine;
    }

    private void BeginNext()
    {
        var full = Full().ToList();
        var last = full.Count == 0 ? 0 : NumberOf(full[^1]);
        File.Move(_current, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"audit-{last + 1:D6}.jsonl")));
        foreach (var old in full.Take(full.Count + 2 - options.MaxFiles)) File.Delete(old);
    }

    /// <summary>The oldest first.</summary>
    private IEnumerable<string> Full() => Directory.EnumerateFiles(folder, "audit-*.jsonl").Where(static path => NumberOf(path) > 0).OrderBy(NumberOf);

    /// <returns>0 for what is not one of ours.</returns>
    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path).AsSpan("audit-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
