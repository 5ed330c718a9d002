using System.Diagnostics;
using System.Text.Json.Nodes;
using Webhook.Testing;
using Xunit.Abstractions;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md rows 21 and 23: a backlog far larger than what is kept in memory grows and drains with bounded memory.</summary>
public sealed class BacklogTests(ITestOutputHelper output)
{
    private const int EventBytes = 32 * 1024;
    private const int EventsEach = 128;
    private const long FirstPart = 48L * 1024 * 1024;
    private const long Whole = 240L * 1024 * 1024;

    /// <summary>What the heap, its pools and RocksDB may take on top; the backlog is several times as large.</summary>
    private const long Bound = 110L * 1024 * 1024;

    private static readonly string[] LittleMemory = ["--set", "Webhook:EventLog:SharedTailBytes=4194304", "--set", "Webhook:EventLog:MemtableBytes=8388608"];

    [Fact]
    public async Task Memory_stays_bounded_while_an_outage_grows_the_backlog_and_while_the_cold_backlog_drains()
    {
        using var data = new TemporaryFolder();
        var oracle = new Oracle();
        var arrivals = new Arrivals(oracle);
        await using var receiver = await SwitchedReceiver.StartAsync(take: arrivals.Take);
        await using (var first = await WebhookProcess.ServeAsync(data.Path, LittleMemory))
        {
            await first.CreateAsync(IntegrationCalls.Settings("backlog", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 100 }));
            receiver.IsUp = false;
            await GrowAsync(first, oracle, FirstPart);
            first.ResetPeak();
            var early = first.ResidentBytes();
            await GrowAsync(first, oracle, Whole);
            output.WriteLine($"outage: {early >> 20} MiB after {FirstPart >> 20} MiB of backlog, at most {first.PeakResidentBytes() >> 20} MiB until {Whole >> 20} MiB");
            first.PeakResidentBytes().ShouldBeLessThan(early + Bound, "memory grows with the backlog");
            (await first.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }

        await using var second = await WebhookProcess.ServeAsync(data.Path, LittleMemory);
        await receiver.RefusesAsync(1);
        second.ResetPeak();
        var cold = second.ResidentBytes();
        var watch = Stopwatch.StartNew();
        receiver.IsUp = true;
        (await second.SendAsync(oracle, 1)).ShouldBeTrue();
        await Until.HoldsAsync(() => arrivals.Count >= oracle.Acknowledged, () => $"{arrivals.Count} of {oracle.Acknowledged} events", TimeSpan.FromSeconds(60));
        output.WriteLine($"drain: {Whole / watch.Elapsed.TotalSeconds / 1e6:F0} MB/s, {cold >> 20} MiB before, at most {second.PeakResidentBytes() >> 20} MiB");
        arrivals.Judge();
        second.PeakResidentBytes().ShouldBeLessThan(cold + Bound, "memory grows with the backlog");
    }

    private static async Task GrowAsync(WebhookProcess webhook, Oracle oracle, long until)
    {
        while ((long)oracle.Acknowledged * EventBytes < until) (await webhook.SendAsync(oracle, EventsEach, padding: EventBytes)).ShouldBeTrue();
    }
}
