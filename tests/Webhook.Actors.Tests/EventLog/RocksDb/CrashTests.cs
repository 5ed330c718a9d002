using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

/// <summary>kill -9 of a real process while it appends and trims (docs/faults.md 1–4).</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 6;

    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();
    private readonly Random _random = new();
    private readonly HashSet<long> _deadLetters = [];

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Killed_WhileAppendingAndTrimming_KeepsEveryAcknowledgedEventCursorAndDeadLetter()
    {
        var acknowledged = new HashSet<long>();
        long cursor = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // The first round is killed as soon as the store is there, and each later one somewhere else.
            cursor = Math.Max(cursor, await RunAndKillAsync(acknowledged, acknowledged.Count == 0 ? 0 : acknowledged.Max() + 1_000, round == 0 ? 1 : _random.Next(1, 1_500)));
            await CheckAsync(acknowledged, cursor, round);
        }
    }

    private async Task<long> RunAndKillAsync(HashSet<long> acknowledged, long firstEvent, int killAfterLines)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Webhook.CrashChild.dll"), _folder.Path, firstEvent.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        long cursor = 0;
        var lines = 0;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        // What the child said before it died counts, also what is still in the pipe.
        while (await child.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "ack" && words.Length == 3)
                for (long n = long.Parse(words[1], CultureInfo.InvariantCulture), i = 0; i < int.Parse(words[2], CultureInfo.InvariantCulture); i++) acknowledged.Add(n + i);
            if (words[0] == "dead" && words.Length == 2) _deadLetters.Add(long.Parse(words[1], CultureInfo.InvariantCulture));
            if (words[0] == "cursor" && words.Length == 2) cursor = long.Parse(words[1], CultureInfo.InvariantCulture);
            if (++lines == killAfterLines) child.Kill();
        }

        await child.WaitForExitAsync(deadline.Token);
        lines.ShouldBeGreaterThanOrEqualTo(killAfterLines, "the child ended by itself");
        return cursor;
    }

    private async Task CheckAsync(HashSet<long> acknowledged, long cursor, int round)
    {
        await using var log = RocksDbEventLog.Open(
            new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = 0, MemtableBytes = 256 * 1024 }, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
        log.Faults.ShouldBeEmpty($"round {round}");
        var letters = await log.DeadLetters.SequencesAsync(1, limit: int.MaxValue);
        _deadLetters.ShouldBeSubsetOf(letters, $"round {round}");
        log.DeadLetters.Counts().GetValueOrDefault(1).ShouldBe(letters.Length, $"round {round}");
        var stored = new HashSet<long>();
        long events = 0;
        for (var from = 0L; await log.ReadAsync(0, from, CancellationToken.None) is { } block; from = block.LastSequence + 1)
        {
            for (var i = 0; i < block.Count; i++) stored.Add(TestEvents.NumberOf(block.Event(i))).ShouldBeTrue("an event is stored twice");
            events += block.Count;
            block.Release();
        }

        log.Bounds(0).Events.ShouldBe(events);

        // What was trimmed was trimmed on purpose, from the front: as many as the log says.
        var dropped = log.Bounds(0).EventsEver - events;
        acknowledged.Count(n => !stored.Contains(n)).ShouldBeLessThanOrEqualTo((int)dropped, $"round {round}");
        acknowledged.Where(n => n >= stored.Min() + 1_000).ShouldAllBe(n => stored.Contains(n), $"round {round}");
        var saved = (await log.LoadAsync(new CursorKey(1, 0), CancellationToken.None))?.Sequence ?? 0;
        saved.ShouldBeGreaterThanOrEqualTo(cursor, $"round {round}: a cursor that a trim had made durable");
        if (dropped > 0) saved.ShouldBeGreaterThanOrEqualTo(log.Bounds(0).Tail, $"round {round}: something was removed before the cursor was durable");
    }
}
