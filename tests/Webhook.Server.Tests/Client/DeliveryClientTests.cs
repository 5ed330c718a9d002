using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.Server.Tests.Client;

/// <summary><c>webhook dead-letters</c>, <c>replay</c>, <c>tail</c> and <c>top</c> over real deliveries.</summary>
[Collection(ClientTests.Name)]
public sealed class DeliveryClientTests(ClientServer server)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Refused_events_are_listed_shown_redelivered_and_purged()
    {
        await using var receiver = await Receiver.StartAsync(static (request, http) =>
        {
            if (Encoding.UTF8.GetString(request.Body).Contains("bad", StringComparison.Ordinal)) http.Response.StatusCode = 400;
            return http.Response.WriteAsync("no such tenant \u001b[31m");
        });
        await CreateAsync("refuses", receiver);
        await server.SendEventsAsync("""[{"type":"policy","name":"bad-1","n":12345678901234567890},{"type":"policy","name":"good"},{"type":"policy","name":"bad-2"}]""");
        var letters = await UntilCountAsync("refuses", 2);
        var id = letters[0]!["id"]!.GetValue<string>();

        (await server.TextAsync("dead-letters", "list", "refuses")).ShouldMatch($@"(?m)^ID +CHANNEL +STATUS +REFUSED +REASON\n{id} +SECURE_EVENTS_POLICIES +400 ");
        var text = await server.TextAsync("dead-letters", "list", "refuses", "--limit", "1", "--status", "400", "--from", "1h", "--channel", "SECURE_EVENTS_POLICIES");
        text.ShouldEndWith($"\n\n1 of 2; the next ones: --after {id}\n");
        (await server.TextAsync("dead-letters", "list", "refuses", "--status", "422")).ShouldBe("There is no dead letter to show.\n");

        var shown = await server.TextAsync("dead-letters", "show", "refuses", id);
        shown.ShouldContain("\"name\":\"bad-1\",\"n\":12345678901234567890", customMessage: "the event is shown as it was accepted");
        shown.ShouldMatch(@"(?m)^answer +no such tenant  \[31m$", "what a receiver answers does not steer the terminal");
        (await server.JsonAsync("dead-letters", "show", "refuses", id))["id"]!.GetValue<string>().ShouldBe(id);
        var missing = await server.RunAsync("dead-letters", "show", "refuses", "0-1");
        (missing.ExitCode, missing.Error).ShouldBe((ExitCode.Failed, $"webhook: Integration {await IdAsync("refuses")} has no dead letter '0-1'.\n"));

        (await server.JsonAsync("dead-letters", "purge", "refuses", letters[1]!["id"]!.GetValue<string>(), "--yes"))["count"]!.GetValue<int>().ShouldBe(1);
        receiver.Respond = static (_, _) => Task.CompletedTask;
        (await server.TextAsync("dead-letters", "redeliver", "refuses", "--all", "--max-requests-per-second", "1000")).ShouldContain("'refuses' began");
        await UntilCountAsync("refuses", 0);
        (await server.TextAsync("dead-letters", "purge", "refuses", "--all", "--yes")).ShouldMatch("^0 dead letters of integration [0-9]+ 'refuses' removed\n$");
        await server.TextAsync("integrations", "delete", "refuses", "--yes");
    }

    [Theory]
    [InlineData("redeliver")]
    [InlineData("purge")]
    public async Task Which_dead_letters_must_be_said_in_one_way(string verb)
    {
        foreach (var choice in (string[][])[[], ["--all", "--status", "400"], ["0-1", "--all"]])
        {
            var result = await server.RunAsync(["dead-letters", verb, "exists", .. choice]);
            (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
            result.Error.ShouldStartWith("webhook: say which dead letters, in one way: ");
        }
    }

    [Fact]
    public async Task Delivered_events_are_counted_and_sent_once_more()
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateAsync("replays", receiver);
        // Other tests send events too.
        var from = TimeProvider.System.GetUtcNow().ToString("O");
        await server.SendEventsAsync("""[{"type":"policy","name":"a"},{"type":"policy","name":"b"}]""");
        await receiver.WaitAsync(got => got.Any(r => r.Headers.GetValueOrDefault("X-Webhook-Events") == "2"));
        await Until.HoldsAsync(async () => (await server.JsonAsync("replay", "replays", "--from", from, "--dry-run"))["events"]!.GetValue<int>() == 2, () => "the cursor has not moved", Deadline);

        (await server.TextAsync("replay", "replays", "--from", from, "--dry-run")).ShouldMatch("^2 events would be sent to integration [0-9]+ 'replays' once more\n\nFROM +BEFORE +EVENTS +KEPT SINCE\n0-[0-9]+ +0-[0-9]+ +2 ");
        var dry = await server.JsonAsync("replay", "replays", "--position", "0-0", "--until", "0s", "--dry-run");
        dry["events"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(2);
        (await server.TextAsync("replay", "replays", "--from", from, "--max-requests-per-second", "1000")).ShouldMatch("^replay 1 of integration [0-9]+ 'replays' began: 2 events\n");
        await receiver.WaitAsync(got => got.Any(r => r.Headers.GetValueOrDefault("X-Webhook-Replay") == "replay"));
        (await server.TextAsync("replay", "replays", "--stop")).ShouldContain("'replays' is under way any more");
        await server.TextAsync("integrations", "delete", "replays", "--yes");
    }

    [Theory]
    [InlineData("replay", "exists")]
    [InlineData("replay", "exists", "--from", "1h", "--position", "0-1")]
    [InlineData("replay", "exists", "--stop", "--from", "1h")]
    public async Task A_replay_begins_at_one_place(params string[] arguments)
    {
        var result = await server.RunAsync(arguments);
        (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
        result.Error.ShouldBe("webhook: Say where to begin, with --from or --position, or --stop; one of them.\nwebhook replay --help shows how it is used.\n");
    }

    [Fact]
    public async Task A_time_that_is_none_is_refused_by_the_server_with_its_words()
    {
        var result = await server.RunAsync("replay", "exists", "--from", "yesterday");
        result.ExitCode.ShouldBe(ExitCode.Failed);
        result.Error.ShouldContain("yesterday");
    }

    [Fact]
    public async Task Top_shows_every_integration_in_one_table()
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateAsync("shown", receiver);
        var text = await server.TextAsync("top");
        text.ShouldMatch($@"^webhook \d+\.\d+\.\d+ at {server.Address.ToString().TrimEnd('/')}, \d{{4}}-");
        text.ShouldMatch(@"(?m)^ID +NAME +STATE +EVENTS/S +FLIGHT +OLDEST +BACKLOG +ERRORS +DEAD +REASON$");
        text.ShouldMatch(@"(?m)^ *\d+ +shown +Connected +0 +0 +0 s +0 +0 +0$");
        text.ShouldMatch(@"(?m)^ *1 +exists +Not Connected +0 +0 +0 +disabled, not tested with these settings$");
        var json = await server.JsonAsync("top", "--once");
        json["integrations"]!.AsArray().Select(i => i!["name"]!.GetValue<string>()).ShouldContain("shown");
        await server.TextAsync("integrations", "delete", "shown", "--yes");
    }

    [Fact]
    public async Task Tail_tells_deliveries_as_they_happen()
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateAsync("watched", receiver);
        await CreateAsync("unwatched", receiver);
        var text = server.RunAsync("tail", "watched", "--limit", "1");
        var json = server.RunAsync("tail", "--json", "--limit", "1", "--outcome", "delivered", "--outcome", "timed_out");
        await UntilEndedAsync(Task.WhenAll(text, json), () => server.SendEventsAsync("""{"type":"policy","name":"seen"}"""));

        var line = await text;
        (line.ExitCode, line.Error).ShouldBe((ExitCode.Done, ""));
        line.Output.ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z  watched           delivered          200  +\d+ events  +\d+ k?B  +[0-9.]+ ms  msg_\S+\n$");
        (await json).Output.ShouldMatch("^\\{\"integration\":\\{\"id\":[0-9]+,\"name\":\"(watched|unwatched)\"\\},\"delivery\":\\{\"batch\":\"msg_[^\n]*\\}\n$");
        await server.TextAsync("integrations", "delete", "watched", "--yes");
        await server.TextAsync("integrations", "delete", "unwatched", "--yes");
    }

    [Fact]
    public async Task Tail_of_what_there_is_not_ends_with_1()
    {
        var unknown = await server.RunAsync("tail", "no such");
        (unknown.ExitCode, unknown.Output).ShouldBe((ExitCode.Failed, ""));
        var outcome = await server.RunAsync("tail", "--outcome", "ok");
        (outcome.ExitCode, outcome.Output).ShouldBe((ExitCode.Failed, ""));
        outcome.Error.ShouldContain("outcome: 'ok' is not known; one of delivered, ");
        (await server.RunAsync("tail", "--limit", "0")).ExitCode.ShouldBe(ExitCode.WrongUsage);
    }

    private Task<string> CreateAsync(string name, Receiver receiver) => server.TextAsync(
        "integrations", "create", "--name", name, "--endpoint", receiver.Url.ToString(), "--channel", "SECURE_EVENTS_POLICIES", "--delivery", "maxBatchDelayMs=0", "--enable");

    private async Task<string> IdAsync(string name) => (await server.JsonAsync("integrations", "show", name))["integration"]!["id"]!.ToString();

    private async Task<JsonArray> UntilCountAsync(string name, int count)
    {
        var seen = new JsonArray();
        await Until.HoldsAsync(async () => (seen = (await server.JsonAsync("dead-letters", "list", name))["data"]!.AsArray()).Count == count, () => $"{seen.Count} dead letters", Deadline);
        return seen;
    }

    // Nobody says when a tail has begun to listen: so there is always something to hear.
    private static Task UntilEndedAsync(Task task, Func<Task> meanwhile) => Until.HoldsAsync(
        async () =>
        {
            if (!task.IsCompleted) await meanwhile();
            return task.IsCompleted;
        },
        () => $"the commands are {task.Status}", Deadline);
}
