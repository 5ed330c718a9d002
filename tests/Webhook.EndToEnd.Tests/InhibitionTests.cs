using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The states of an integration whose receiver fails, over restarts.</summary>
public sealed class InhibitionTests
{
    private static readonly string[] Hour = ["--set", "Webhook:Delivery:InhibitionTime=01:00:00"];
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Three_failed_attempts_inhibit_and_the_error_outlives_a_restart_until_a_test_shows_that_the_receiver_is_well()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync();
        var oracle = new Oracle();
        string path;
        await using (var webhook = await WebhookProcess.ServeAsync(data.Path, Hour))
        {
            path = $"{IntegrationCalls.Path}/{await webhook.CreateAsync(IntegrationCalls.Settings("inhibited", receiver.Url))}";
            receiver.IsUp = false;
            (await webhook.SendAsync(oracle, 100)).ShouldBeTrue();
            await webhook.EventuallyAsync($"{path}/status", static s => s["state"]!.GetValue<string>() == "Error" && s["pausedUntil"] is not null);
            receiver.Refused.ShouldBe(3);
            var (exitCode, took) = await webhook.TerminateAsync(Bound);
            exitCode.ShouldBe(0);
            took.ShouldBeLessThan(Bound);
        }

        receiver.IsUp = true;
        await using var again = await WebhookProcess.ServeAsync(data.Path, Hour);
        var status = await again.CallAsync(HttpMethod.Get, $"{path}/status");
        (status["state"]!.GetValue<string>(), status["pausedUntil"] is not null).ShouldBe(("Error", true));
        receiver.Requests.Where(Oracle.IsDelivery).ShouldBeEmpty("it is still inhibited");

        (await again.CallAsync(HttpMethod.Post, $"{path}/test"))["succeeded"]!.GetValue<bool>().ShouldBeTrue();

        await receiver.WaitAsync(oracle.AllArrived);
        oracle.Judge(receiver.Requests).ShouldBe(0);
        await again.EventuallyAsync($"{path}/status", static s => s["state"]!.GetValue<string>() == "Warning" && s["pausedUntil"] is null);
    }

    [Fact]
    public async Task Gone_disables_with_the_reason_and_keeps_the_events_for_the_day_it_is_enabled_again()
    {
        using var data = new TemporaryFolder();
        await using var receiver = await SwitchedReceiver.StartAsync(static context => context.Response.StatusCode = StatusCodes.Status410Gone);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var path = $"{IntegrationCalls.Path}/{await webhook.CreateAsync(IntegrationCalls.Settings("gone", receiver.Url))}";
        var oracle = new Oracle();
        receiver.IsUp = false;
        (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();
        await webhook.EventuallyAsync($"{path}/status", static s => s["state"]!.GetValue<string>() == "Not Connected");
        (await webhook.CallAsync(HttpMethod.Get, $"{path}/status"))["reason"]!.GetValue<string>().ShouldContain("410");
        (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();
        receiver.Refused.ShouldBe(1);

        receiver.IsUp = true;
        await webhook.CallAsync(HttpMethod.Post, $"{path}/test");
        await webhook.CallAsync(HttpMethod.Post, $"{path}/enable");

        await receiver.WaitAsync(oracle.AllArrived);
        oracle.Judge(receiver.Requests).ShouldBe(0);
    }
}
