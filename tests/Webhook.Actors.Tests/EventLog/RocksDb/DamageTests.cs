using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

/// <summary>Real files, really damaged: the log opens, says what it lost to the event, serves the rest, goes on, and never hands out a damaged event (docs/faults.md 4, 5).</summary>
public sealed class DamageTests : IDisposable
{
    private const int Blocks = 60;
    private const int EventsPerBlock = 7;
    private const int Padding = 600;
    private static readonly CursorKey Key = new(3, 0);

    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var kind in (string[])["table", "newest table", "wal", "manifest", "CURRENT", "head", "IDENTITY", "options"])
            foreach (var damage in (string[])["flip first", "flip middle", "flip last", "truncate", "zero tail", "empty", "delete"]) cases.Add(kind, damage);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Open_DamagedFile_ReportsServesTheRestAndGoesOn(string kind, string damage)
    {
        await FillAsync();
        Damage(Pick(kind), damage);

        await using var log = Open();
        var lost = await CheckAsync(log, (long)Blocks * EventsPerBlock, $"{damage} of {kind}");
        if (kind is "head" or "IDENTITY" or "options") lost.ShouldBe(0);
        log.Bounds(0).Head.ShouldBe(EventBlock.ToSequence(Blocks + 1, 0), "no sequence is used twice");
        if (lost > 0) log.Faults.ShouldNotBeEmpty();

        // It goes on, and tells the same loss only once.
        await log.AppendAsync(EventsPerBlock, Padding);
        await log.DisposeAsync();
        await using var again = Open();
        again.Faults.ShouldBeEmpty($"after {damage} of {kind}");
        (await again.NumbersAsync(0, Padding))[^1].ShouldBe(((Blocks + 1) * EventsPerBlock) - 1);
    }

    private async Task FillAsync()
    {
        // Reopening turns what is in the write-ahead log into a table: two tables, then a write-ahead log as a kill leaves it.
        for (var part = 0; part < 2; part++)
        {
            await using var log = Open();
            for (var i = 0; i < Blocks / 3; i++) await log.AppendAsync(EventsPerBlock, Padding);
            await log.SaveAsync(Key, Cursor.At(log.Bounds(0).Tail), CancellationToken.None);
        }

        using var living = new TemporaryFolder();
        var last = Open();
        for (var i = 0; i < Blocks / 3; i++) await last.AppendAsync(EventsPerBlock, Padding);
        // The log keeps its files from .NET, in its own process too, but not from another program.
        using (var copy = Process.Start("cp", ["-a", _folder.Path + "/.", living.Path])) await copy.WaitForExitAsync();
        await last.DisposeAsync();
        foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
        foreach (var file in Directory.GetFiles(living.Path)) File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
    }

    /// <summary>Whatever can be read is exactly what was appended, and what cannot is exactly what is reported.</summary>
    /// <returns>Events lost.</returns>
    private static async Task<long> CheckAsync(RocksDbEventLog log, long appended, string what)
    {
        var numbers = await log.NumbersAsync(0, Padding);
        numbers.ShouldBe(numbers.Distinct().Order());
        var lost = appended - numbers.Count;
        log.Faults.ShouldAllBe(f => f.EventsLost != null || f.FirstBlock == 0, what);
        log.Faults.Sum(static f => f.EventsLost ?? 0).ShouldBe(lost, $"{what}: {string.Join(" | ", log.Faults)}");
        log.Bounds(0).Events.ShouldBe(numbers.Count, what);
        (await log.LoadAsync(Key, CancellationToken.None)).ShouldNotBeNull(what);
        return lost;
    }

    private RocksDbEventLog Open() => RocksDbEventLog.Open(
        new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = 0, MemtableBytes = 1024 * 1024 }, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);

    private string Pick(string kind) => kind switch
    {
        "table" => Largest("*.sst").First(),
        "newest table" => Directory.GetFiles(_folder.Path, "*.sst").Order().Last(),
        "wal" => Largest("*.log").First(),
        "manifest" => Largest("MANIFEST-*").First(),
        "options" => Largest("OPTIONS-*").First(),
        _ => Path.Combine(_folder.Path, kind),
    };

    private IEnumerable<string> Largest(string pattern) => Directory.GetFiles(_folder.Path, pattern).OrderByDescending(static f => new FileInfo(f).Length);

    private static void Damage(string path, string damage)
    {
        var bytes = File.ReadAllBytes(path);
        // A write-ahead log is longer than what is written into it.
        var used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        switch (damage)
        {
            case "flip first": bytes[3] ^= 0x40; break;
            case "flip middle": bytes[used / 2] ^= 0x40; break;
            case "flip last": bytes[used - 1] ^= 0x40; break;
            case "truncate": bytes = bytes[..(used * 2 / 3)]; break;
            case "zero tail": bytes.AsSpan(used * 2 / 3).Clear(); break;
            case "empty": bytes = []; break;
            case "delete": File.Delete(path); return;
            default: throw new ArgumentOutOfRangeException(nameof(damage), damage, null);
        }

        File.WriteAllBytes(path, bytes);
    }
}
