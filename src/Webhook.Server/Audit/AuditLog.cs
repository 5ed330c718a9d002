using System.Text.Json;

namespace Webhook.Server.Audit;

/// <summary>What is asked of the log; null where everything is wanted.</summary>
/// <param name="Before">Only changes with smaller ids.</param>
/// <param name="Who">The access key's name.</param>
internal sealed record AuditQuery(int Limit, long? Before, string? Action, string? Who);

/// <summary>
/// Every change that was asked for through the API: written down before it is tried, so that none is made unseen, and again when its outcome is known
/// (docs/decisions/0004-audit-log.md). Each line is on disk before the call returns.
/// </summary>
internal sealed class AuditLog(AuditFiles files, TimeProvider time)
{
    private readonly Lock _lock = new();

    // null until the first change: the files are read for it.
    private long? _lastId;

    /// <summary>Writes down that a change is about to be tried.</summary>
    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: it could not be written down, so it must not be tried.</exception>
    public AuditRecord Begin(AuditActor who, string action, AuditObject subject)
    {
        lock (_lock)
        {
            _lastId ??= Read(new AuditQuery(1, null, null, null)).Data is [var last] ? last.Id : 0;
            // Taken also if the writing fails: the line may be there all the same.
            _lastId++;
            var record = new AuditRecord(_lastId.Value, time.GetUtcNow().UtcDateTime, who, action, subject, null, null);
            Append(record);
            return record;
        }
    }

    /// <summary>Writes down what became of it.</summary>
    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: the change stands in the log without an outcome.</exception>
    public void Finish(AuditRecord finished)
    {
        lock (_lock) Append(finished);
    }

    /// <summary>The newest first. Reads from the newest on, so pages far back take longer; the size of the log bounds it.</summary>
    /// <exception cref="IOException">The files cannot be read.</exception>
    public AuditPage Read(AuditQuery query)
    {
        List<(FileStream File, int Length)> open;
        lock (_lock) open = files.Open();
        try
        {
            var reading = new Reading(query);
            foreach (var (file, length) in open)
            {
                var bytes = new byte[length];
                reading.Add(bytes.AsSpan(0, file.ReadAtLeast(bytes, length, throwOnEndOfStream: false)));
                if (reading.IsDone) break;
            }

            return reading.End();
        }
        finally
        {
            open.ForEach(static file => file.File.Dispose());
        }
    }

    private void Append(AuditRecord record) => files.Append(JsonSerializer.SerializeToUtf8Bytes(record, AuditJson.Readable.AuditRecord));

    /// <summary>Goes backwards through the lines: a change's outcome comes first, then its beginning, where it takes its place.</summary>
    private sealed class Reading(AuditQuery query)
    {
        private readonly Dictionary<long, AuditRecord> _finished = [];
        private readonly List<AuditRecord> _found = [];
        private int _unreadable;

        public bool IsDone => _found.Count == query.Limit;

        public void Add(ReadOnlySpan<byte> file)
        {
            while (!file.IsEmpty && !IsDone)
            {
                var start = file.LastIndexOf((byte)'\n') + 1;
                if (start < file.Length) AddLine(file[start..]);
                file = file[..Math.Max(0, start - 1)];
            }
        }

        public AuditPage End()
        {
            // Those whose beginning went with a deleted file are the oldest.
            foreach (var record in _finished.Values.OrderByDescending(static r => r.Id)) AddRecord(record);
            return new AuditPage(_found, IsDone ? _found[^1].Id : null, _unreadable == 0 ? null : _unreadable);
        }

        private void AddLine(ReadOnlySpan<byte> line)
        {
            AuditRecord? record;
            try
            {
                record = JsonSerializer.Deserialize(line, AuditJson.Readable.AuditRecord);
            }
            catch (JsonException)
            {
                record = null;
            }

            if (record is null or { Who: null } or { Action: null } or { Object: null }) _unreadable++;
            else if (record.Outcome is not null) _finished[record.Id] = record;
            else AddRecord(_finished.Remove(record.Id, out var finished) ? finished : record);
        }

        private void AddRecord(AuditRecord record)
        {
            if (IsDone || record.Id >= query.Before) return;
            if (query.Action is { } action && record.Action != action) return;
            if (query.Who is { } who && record.Who.Key != who) return;
            _found.Add(record);
        }
    }
}
