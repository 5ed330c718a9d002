using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Server.Tests.LogTools;

/// <summary>A data folder as a server leaves it: two tables of events, and a write-ahead log with the newest; a cursor, dead letters, and how far an input was read.</summary>
internal sealed class DataFolder : IDisposable
{
    public const int Blocks = 60;
    public const int EventsPerBlock = 7;
    public const int Events = Blocks * EventsPerBlock;
    public const string Channel = "SECURE_EVENTS_POLICIES";
    public const string OtherChannel = "ACTIVITY_AUDIT";

    private readonly TemporaryFolder _folder = new();

    private DataFolder()
    {
    }

    public string Path => _folder.Path;

    public string Log => System.IO.Path.Combine(Path, "log");

    public static async Task<DataFolder> CreateAsync()
    {
        var data = new DataFolder();
        // Each opening makes a table of what is in the write-ahead log.
        for (var part = 0; part < 3; part++)
        {
            await using var log = data.Open();
            for (var i = 0; i < Blocks / 3; i++) await AppendAsync(log, i == 0 ? OtherChannel : Channel);
            if (part != 0) continue;
            await log.SaveAsync(new CursorKey(3, 0), Cursor.At(EventBlock.ToSequence(11, 2)), CancellationToken.None);
            await log.DeadLetters.AddAsync([Letter(1), Letter(2)], CancellationToken.None);
            await log.SaveMarkAsync(new InputMark("stdin", "line 12"u8.ToArray()), CancellationToken.None);
        }

        return data;
    }

    /// <summary>The log is in use then.</summary>
    public RocksDbEventLog Open()
    {
        using var metrics = new WebhookMetrics();
        return RocksDbEventLog.Open(new EventLogOptions { Path = Log, MinFreeDiskBytes = 0 }, TimeProvider.System, metrics, NullLogger<RocksDbEventLog>.Instance);
    }

    /// <summary>Damages the largest such file.</summary>
    /// <returns>Its name.</returns>
    public string Damage(string pattern, string damage)
    {
        var file = new DirectoryInfo(Log).GetFiles(pattern).MaxBy(static f => f.Length)!;
        var bytes = File.ReadAllBytes(file.FullName);
        // A write-ahead log is longer than what is written into it.
        var used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        switch (damage)
        {
            case "flip": bytes.AsSpan(used / 3, 16).Fill(0xA5); break;
            case "truncate": bytes = bytes[..(used * 2 / 3)]; break;
            case "zero the tail": bytes.AsSpan(used * 2 / 3).Clear(); break;
            case "empty": bytes = []; break;
            case "garbage": bytes.AsSpan().Fill(0xA5); break;
            default: throw new ArgumentOutOfRangeException(nameof(damage), damage, null);
        }

        File.WriteAllBytes(file.FullName, bytes);
        return file.Name;
    }

    /// <summary>Every file and folder: what it is, when it was written, and what is in it.</summary>
    public IReadOnlyList<string> Snapshot() => Snapshot(Path, withTimes: true);

    /// <inheritdoc cref="Snapshot()"/>
    public static IReadOnlyList<string> Snapshot(string folder, bool withTimes) =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(static f => f.FullName, StringComparer.Ordinal).Select(entry => string.Join(
            ' ', System.IO.Path.GetRelativePath(folder, entry.FullName), withTimes ? $"{entry.LastWriteTimeUtc:O} {entry.UnixFileMode}" : "",
            entry is FileInfo file ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "folder")),
    ];

    public void Dispose() => _folder.Dispose();

    private static DeadLetter Letter(int number) => new(
        7, new DeadLetterId(0, EventBlock.ToSequence(number, 0)), Channel, Encoding.UTF8.GetBytes("{}"), 1, "refused", 400, null, DateTimeOffset.UnixEpoch);

    private static async Task AppendAsync(RocksDbEventLog log, string channel)
    {
        var bounds = log.Bounds(0);
        using var request = Request(bounds.EventsEver, channel);
        var storedAt = 1_700_000_000_000_000_000 + (bounds.EventsEver * 1_000_000_000);
        var block = EventBlock.Build(EventBlock.BlockOf(bounds.Head), bounds.EventsEver, bounds.BytesEver, storedAt, [request]);
        await log.AppendAsync(0, block, [], [], CancellationToken.None);
        block.Release();
    }

    private static IncomingEvents Request(long first, string channel)
    {
        using var body = new MemoryStream();
        var events = ArrayPool<IncomingEvent>.Shared.Rent(EventsPerBlock);
        for (var i = 0; i < EventsPerBlock; i++)
        {
            var text = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{{\"n\": {first + i},\n \"p\": \"{new string('x', 600)}\"}}"));
            events[i] = new IncomingEvent((int)body.Length, text.Length, 0, 0, TimestampForm.Missing, new EventTimestamp(first + i, 0));
            body.Write(text);
        }

        var rented = EventMemory.Rent((int)body.Length);
        body.ToArray().CopyTo(rented, 0);
        return new IncomingEvents(channel, rented, events, EventsPerBlock);
    }
}
