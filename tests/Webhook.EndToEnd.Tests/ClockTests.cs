using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>
/// docs/faults.md row 27: the clock is set, far and both ways, while the program batches, backs off, signs and trims. Its wall clock is really moved (libfaketime); the clock that only runs
/// forward is left alone, as the kernel does.
/// </summary>
public sealed class ClockTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Library = "libfaketimeMT.so.1";
    private static readonly string[] QuickRetention = ["--set", "Webhook:EventLog:RetentionInterval=00:00:00.1", "--set", "Webhook:EventLog:ReplayBytes=0"];

    [Fact]
    public async Task Steps_of_the_clock_both_ways_lose_nothing_and_hold_nothing_up()
    {
        // In a folder of the machine's architecture.
        var library = Directory.EnumerateFiles("/usr/lib", Library, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }).FirstOrDefault()
            ?? throw new InvalidOperationException($"{Library} is not installed; tests/run.sh installs it (Debian: faketime).");
        using var data = new TemporaryFolder();
        using var clock = new TemporaryFolder();
        var file = Path.Combine(clock.Path, "offset");
        Step(file, TimeSpan.Zero);
        await using var receiver = await SwitchedReceiver.StartAsync();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, QuickRetention, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = file,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await webhook.CreateAsync(IntegrationCalls.Settings(
            "clock", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 300 }, connectionInfo: new JsonObject { ["auth"] = "SIGNATURE", ["secret"] = Secret }));
        var oracle = new Oracle();

        // Two steps further than the retention age, one back beyond the start, and one home: each with a batch that is filling and one in its pauses.
        foreach (var days in (int[])[30, -60, 0])
        {
            receiver.IsUp = false;
            (await webhook.SendAsync(oracle, 20)).ShouldBeTrue();
            await receiver.RefusesAsync(1);
            (await webhook.SendAsync(oracle, 20)).ShouldBeTrue();
            Step(file, TimeSpan.FromDays(days));
            await Until.HoldsAsync(async () => Math.Abs((await NowAsync(webhook) - Expected(days)).TotalHours) < 1, () => $"the clock was not set by {days} days");
            await receiver.RefusesAsync(1);
            (await webhook.SendAsync(oracle, 20)).ShouldBeTrue();
            (await webhook.LostAsync()).ShouldBe(0, $"by {days} days");

            receiver.IsUp = true;
            var requests = await receiver.WaitAsync(oracle.AllArrived);
            VerifySignature(requests[^1], Expected(days));
            (await webhook.SendAsync(oracle, 1)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
        }

        oracle.Judge(receiver.Requests).ShouldBe(0);
        await webhook.HealthTurnsAsync("Healthy");
        (await webhook.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
    }

    // Replaced as a whole: the library must not read half of it.
    private static void Step(string file, TimeSpan by)
    {
        File.WriteAllText(file + ".new", FormattableString.Invariant($"{by.TotalSeconds:+0;-0;+0}\n"));
        File.Move(file + ".new", file, overwrite: true);
    }

    private static DateTimeOffset Expected(int days) => TimeProvider.System.GetUtcNow().AddDays(days);

    private static async Task<DateTimeOffset> NowAsync(WebhookProcess webhook)
    {
        using var response = await webhook.Admin.GetAsync("/health/live");
        return response.Headers.Date!.Value;
    }

    private static void VerifySignature(ReceivedRequest request, DateTimeOffset expected)
    {
        var timestamp = request.Headers["webhook-timestamp"];
        Math.Abs((DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp)) - expected).TotalMinutes).ShouldBeLessThan(10, "it is signed by the clock as it is now");
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{timestamp}."), .. request.Body];
        request.Headers["webhook-signature"].ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), signed)));
    }
}
