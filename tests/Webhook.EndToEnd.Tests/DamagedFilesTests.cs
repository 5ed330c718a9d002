using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>
/// docs/faults.md row 5: a damaged or empty file does not block the start. The program starts degraded, says what was lost, delivers the rest and goes on. The log's every file and every
/// damage is in Webhook.Actors.Tests (DamageTests); here is what a user sees of it.
/// </summary>
public sealed class DamagedFilesTests
{
    private const int Requests = 30;
    private const int EventsEach = 20;

    [Theory]
    [InlineData("*.log", "flip")]
    [InlineData("*.log", "zero the tail")]
    [InlineData("*.sst", "truncate")]
    [InlineData("MANIFEST-*", "empty")]
    [InlineData("CURRENT", "empty")]
    [InlineData("head", "garbage")]
    public async Task A_damaged_file_of_the_log_costs_no_more_than_what_is_reported(string file, string damage)
    {
        using var data = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var oracle = new Oracle();
        // Tables come when the memory for one is full; what is to be damaged in the write-ahead log must not be in a table yet.
        string[] smallTables = ["--set", $"Webhook:EventLog:MemtableBytes={(file == "*.log" ? 1048576 : 65536)}"];
        await using (var first = await WebhookProcess.ServeAsync(data.Path, smallTables))
        {
            var id = await first.CreateAsync(IntegrationCalls.Settings("damage", receiver.Url));
            await first.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/{id}/disable");
            for (var i = 0; i < Requests; i++) (await first.SendAsync(oracle, EventsEach)).ShouldBeTrue();
            await first.KillAsync();
        }

        Damage(Directory.GetFiles(Path.Combine(data.Path, "log"), file).MaxBy(static path => new FileInfo(path).Length)!, damage);

        await using var second = await WebhookProcess.ServeAsync(data.Path, smallTables);
        await second.CallAsync(HttpMethod.Post, $"{IntegrationCalls.Path}/1/enable");
        (await second.SendAsync(oracle, 1)).ShouldBeTrue("it goes on");
        await Until.HoldsAsync(async () => (await second.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/1/status")) is var status
            && status["cursor"]!.ToJsonString() == status["head"]!.ToJsonString(), () => "the integration is not through");
        var lost = await second.LostAsync();
        oracle.Judge(receiver.Requests, lost).ShouldBe(0);
        receiver.Requests.Where(Oracle.IsDelivery).Sum(static r => Oracle.IdsOf(r).Count()).ShouldBe((int)(oracle.Acknowledged - lost), "what is reported as lost is lost, and nothing else");
        var (health, reasons) = await second.HealthAsync();
        health.ShouldBe("Degraded", reasons);
        reasons.ShouldContain("event log");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("truncate")]
    [InlineData("empty")]
    public async Task A_damaged_journal_never_lets_the_events_of_its_integrations_go(string damage)
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        var oracle = new Oracle();
        var journal = Path.Combine(data.Path, "journal.db");
        string[] quickRetention = ["--set", "Webhook:EventLog:RetentionInterval=00:00:00.1", "--set", "Webhook:EventLog:ReplayBytes=0"];
        await using (var first = await WebhookProcess.ServeAsync(data.Path, quickRetention))
        {
            await first.CreateAsync(IntegrationCalls.Settings("journal", receiver.Url));
            receiver.IsUp = false;
            (await first.SendAsync(oracle, 100)).ShouldBeTrue();
            (await first.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }

        using var whole = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(data.Path, "journal.db*")) File.Copy(file, Path.Combine(whole.Path, Path.GetFileName(file)));
        Damage(journal, damage);
        foreach (var file in Directory.GetFiles(data.Path, "journal.db-*")) File.Delete(file);

        // It either says what is wrong and does not start, or starts without the integration: but it keeps what it owes.
        await RunDamagedAsync(data.Path, quickRetention);

        foreach (var file in Directory.GetFiles(data.Path, "journal.db*")) File.Delete(file);
        foreach (var file in Directory.GetFiles(whole.Path)) File.Copy(file, Path.Combine(data.Path, Path.GetFileName(file)));
        receiver.IsUp = true;
        await using var restored = await WebhookProcess.ServeAsync(data.Path, quickRetention);
        (await restored.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived, Until.Deadline)).ShouldBe(0);
    }

    [Fact]
    public async Task An_integration_made_again_after_the_journal_was_lost_gets_what_waited_for_the_first()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        var oracle = new Oracle();
        await using (var first = await WebhookProcess.ServeAsync(data.Path))
        {
            await first.CreateAsync(IntegrationCalls.Settings("lost", receiver.Url));
            receiver.IsUp = false;
            (await first.SendAsync(oracle, 100)).ShouldBeTrue();
            await first.KillAsync();
        }

        foreach (var file in Directory.GetFiles(data.Path, "journal.db*")) File.Delete(file);
        receiver.IsUp = true;
        await using var second = await WebhookProcess.ServeAsync(data.Path);
        await Until.HoldsAsync(() => second.Log.Any(static line => line.Contains("journal.db was lost", StringComparison.Ordinal)), () => string.Join('\n', second.Log));
        (await second.CreateAsync(IntegrationCalls.Settings("made again", receiver.Url))).ShouldBe(1);
        (await second.SendAsync(oracle, 1)).ShouldBeTrue();
        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
    }

    private static async Task RunDamagedAsync(string data, string[] settings)
    {
        WebhookProcess webhook;
        try
        {
            webhook = await WebhookProcess.ServeAsync(data, settings);
        }
        catch (InvalidOperationException refused)
        {
            refused.Message.ShouldContain("journal.db");
            refused.Message.ShouldNotContain("Unhandled exception");
            return;
        }

        await using (webhook)
        {
            await Until.HoldsAsync(() => webhook.Log.Any(static line => line.Contains("journal", StringComparison.Ordinal)), () => string.Join('\n', webhook.Log));
            (await webhook.MetricAsync("webhook_log_events")).ShouldBe(100, "what nobody knows the receiver of any more is kept");
            (await webhook.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }
    }

    private static void Damage(string path, string damage)
    {
        var bytes = File.ReadAllBytes(path);
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

        File.WriteAllBytes(path, bytes);
    }
}
