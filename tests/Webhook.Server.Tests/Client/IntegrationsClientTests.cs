using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.Server.Tests.Client;

/// <summary><c>webhook integrations</c> over real sockets.</summary>
[Collection(ClientTests.Name)]
public sealed class IntegrationsClientTests(ClientServer server)
{
    [Fact]
    public async Task An_integration_lives_from_create_to_delete()
    {
        await using var receiver = await Receiver.StartAsync();
        (await server.TextAsync("integrations", "create", "--name", "life", "--endpoint", receiver.Url.ToString(), "--channel", "ACTIVITY_AUDIT", "--auth", "BASIC_AUTH",
            "--secret-file", server.FileWith("user:hunter2\n"), "--header", "X-Team=blue", "--header", "X-Key=@" + server.FileWith("k-123\n"), "--output", "ndjson",
            "--timestamp-format", "seconds", "--delivery", "maxBatchEvents=7", "--delivery", "compression=gzip", "--delivery", "statusOverrides={\"404\":\"server_error\"}", "--enable"))
            .ShouldMatch(@"^integration \d+ 'life' created, tested and enabled\n$");
        var sample = (await receiver.WaitForAsync(1)).Single().Headers;
        sample["Authorization"].ShouldBe("Basic " + Convert.ToBase64String("user:hunter2"u8), "the line feed at the file's end is no part of the secret");
        sample["X-Key"].ShouldBe("k-123");

        var text = await server.TextAsync("integrations", "show", "life");
        text.ShouldContain("state          Connected\n");
        text.ShouldContain("header         X-Team: blue\n");
        text.ShouldContain("statuses       404 is server_error\n");
        text.ShouldNotContain("hunter2");
        var shown = await server.JsonAsync("integrations", "show", "life");
        shown["integration"]!["delivery"]!["maxBatchEvents"]!.GetValue<int>().ShouldBe(7);
        shown["integration"]!["connectionInfo"]!["output"]!.GetValue<string>().ShouldBe("ndjson");
        shown["status"]!["state"]!.GetValue<string>().ShouldBe("Connected");
        shown["errors"]!.AsArray().ShouldBeEmpty();

        (await server.TextAsync("integrations", "list")).ShouldMatch(@"(?m)^ID +NAME +STATE +AUTH +ENDPOINT +CHANNELS$");
        (await server.TextAsync("integrations", "list")).ShouldMatch($@"(?m)^ *\d+ +life +Connected +BASIC_AUTH +{receiver.Url} +ACTIVITY_AUDIT$");
        (await server.JsonAsync("integrations", "list"))["data"]!.AsArray().Select(i => i!["name"]!.GetValue<string>()).ShouldContain("life");

        (await server.TextAsync("integrations", "disable", "life")).ShouldContain("'life' disabled; its events wait");
        (await server.TextAsync("integrations", "enable", "life")).ShouldContain("'life' enabled");
        (await server.TextAsync("integrations", "deliveries", "life")).ShouldMatch(@"(?m)^STARTED +KIND +OUTCOME .*\n.* test +delivered +200 ");
        (await server.JsonAsync("integrations", "deliveries", "life", "--limit", "1"))["count"]!.GetValue<int>().ShouldBe(1);

        (await server.TextAsync("integrations", "delete", "life", "--yes")).ShouldMatch(@"^integration \d+ 'life' deleted\n$");
        (await server.RunAsync("integrations", "show", "life")).ExitCode.ShouldBe(ExitCode.Failed);
    }

    [Fact]
    public async Task What_no_option_names_stays_as_it_is()
    {
        var id = await CreateAsync("stays", "--header", "X-A=1", "--delivery", "maxBatchEvents=7", "--delivery", "maxConcurrency=2");
        (await server.TextAsync("integrations", "update", id, "--name", "stays-2", "--delivery", "ordered=true", "--delivery", "maxConcurrency=")).ShouldContain("'stays-2' updated");
        var now = (await server.JsonAsync("integrations", "show", "stays-2"))["integration"]!;
        (now["connectionInfo"]!["headers"]![0]!["key"]!.GetValue<string>(), now["delivery"]!["maxBatchEvents"]!.GetValue<int>(), now["delivery"]!["ordered"]!.GetValue<bool>(), now["isEnabled"]!.GetValue<bool>())
            .ShouldBe(("X-A", 7, true, false));
        now["delivery"]!["maxConcurrency"].ShouldBeNull("it was taken back to its default");
    }

    [Fact]
    public async Task An_answer_edited_in_a_file_can_be_sent_back()
    {
        var id = await CreateAsync("file");
        var body = (await server.JsonAsync("integrations", "show", id))["integration"]!.AsObject();
        body["delivery"]!["maxBatchEvents"] = 3;
        var updated = await server.JsonAsync("integrations", "update", id, "--file", server.FileWith(body.ToJsonString()), "--name", "file-2");
        (updated["name"]!.GetValue<string>(), updated["delivery"]!["maxBatchEvents"]!.GetValue<int>()).ShouldBe(("file-2", 3));
        var created = await server.JsonAsync("integrations", "create", "--file", server.FileWith("""{"type":"WEBHOOK","name":"x","connectionInfo":{"endpoint":"https://r.example/hook"}}"""), "--name", "file-3");
        created["name"]!.GetValue<string>().ShouldBe("file-3", "options win over the file");
    }

    [Fact]
    public async Task A_test_tells_each_stage_and_ends_with_1_when_the_receiver_refuses()
    {
        await using var receiver = await Receiver.StartAsync();
        var id = (await server.JsonAsync("integrations", "create", "--name", "tested", "--endpoint", receiver.Url.ToString()))["id"]!.ToString();
        var good = await server.TextAsync("integrations", "test", id);
        good.ShouldMatch(@"^STAGE +RESULT +TIME +DETAIL\nresolve +succeeded +[0-9.]+ ms ");
        good.ShouldEndWith("\n\nThe test succeeded: the receiver answered 200.\n");
        (await server.JsonAsync("integrations", "test", id))["succeeded"]!.GetValue<bool>().ShouldBeTrue();

        receiver.Respond = static (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var bad = await server.RunAsync("integrations", "test", id);
        (bad.ExitCode, bad.Error).ShouldBe((ExitCode.Failed, ""));
        bad.Output.ShouldMatch(@"(?m)^status +failed +[0-9.]+ ms ");
        bad.Output.ShouldContain("\nThe test failed: ");
        var json = await server.RunAsync("integrations", "test", id, "--json");
        json.ExitCode.ShouldBe(ExitCode.Failed);
        JsonNode.Parse(json.Output)!["succeeded"]!.GetValue<bool>().ShouldBeFalse();

        var enable = await server.RunAsync("integrations", "enable", id);
        (enable.ExitCode, enable.Output).ShouldBe((ExitCode.Failed, ""));
        enable.Error.ShouldMatch("^webhook: the test of integration [0-9]+ 'tested' failed, so it is not enabled: ");
        enable.Error.ShouldMatch(@"(?m)^  status failed after ");
        receiver.Respond = static (_, _) => Task.CompletedTask;
        (await server.TextAsync("integrations", "enable", id)).ShouldEndWith(" enabled\n", customMessage: "it was tested as part of it");
    }

    [Fact]
    public async Task A_secret_is_rotated_and_a_made_one_is_shown_once()
    {
        var id = await CreateAsync("rotated", "--auth", "SIGNATURE", "--secret-file", server.FileWith("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        var made = await server.TextAsync("integrations", "rotate", id);
        made.ShouldMatch(@"(?m)^secret +current$");
        made.ShouldMatch(@"(?m)^secret +old, signs until ");
        made.ShouldMatch(@"(?m)^new secret +whsec_\S{43,}   \(shown this once\)$");
        var given = await server.JsonAsync("integrations", "rotate", id, "--secret-file", server.FileWith("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n"), "--overlap-ms", "0");
        given["secrets"]!.AsArray().Count.ShouldBe(1);
        given["secret"].ShouldBeNull();
    }

    [Theory]
    [InlineData("--header is written NAME=VALUE, for example --header X-Team=blue", "--header", "X-Team")]
    [InlineData("--delivery is written NAME=VALUE", "--delivery", "=5")]
    [InlineData("the file /nowhere/secret cannot be read: ", "--secret-file", "/nowhere/secret")]
    [InlineData("--file and --secret-file cannot both be standard input", "--file", "-", "--secret-file", "-")]
    public async Task What_cannot_be_used_is_refused_before_anything_is_tried(string message, params string[] options)
    {
        var result = await server.RunAsync(["integrations", "create", "--name", "never", .. options]);
        (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
        result.Error.ShouldStartWith("webhook: " + message);
    }

    [Fact]
    public async Task A_file_that_is_no_JSON_is_named_and_nothing_of_it_is_shown()
    {
        var result = await server.RunAsync("integrations", "create", "--file", server.FileWith("{\"connectionInfo\":\n{\"secret\":hunter2}}"));
        result.ExitCode.ShouldBe(ExitCode.WrongUsage);
        result.Error.ShouldEndWith(" holds no JSON: it is wrong at line 2, byte 11\n");
        result.Error.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Settings_that_the_server_refuses_are_told_one_by_one()
    {
        var result = await server.RunAsync("integrations", "create", "--name", "refused", "--endpoint", "ftp://r", "--delivery", "maxBatchEvents=0", "--delivery", "speed=9");
        (result.ExitCode, result.Output).ShouldBe((ExitCode.Failed, ""));
        result.Error.ShouldStartWith("webhook: The integration has 3 errors; see details.\n  ");
        result.Error.ShouldContain("\n  delivery.speed: unknown member; known here: maxBatchEvents, ");
        result.Error.ShouldContain("connectionInfo.endpoint: 'ftp://r' must be an absolute https:// or http:// URL\n");
    }

    [Fact]
    public async Task A_name_that_is_taken_or_unknown_ends_with_1_and_says_so()
    {
        await CreateAsync("taken");
        var taken = await server.RunAsync("integrations", "create", "--name", "taken", "--endpoint", "https://r.example/hook");
        taken.ExitCode.ShouldBe(ExitCode.Failed);
        taken.Error.ShouldStartWith("webhook: The name 'taken' is taken by integration ");
        foreach (var verb in (string[])["show", "test", "enable", "disable", "deliveries", "rotate"])
        {
            var unknown = await server.RunAsync("integrations", verb, "no such");
            (unknown.ExitCode, unknown.Output).ShouldBe((ExitCode.Failed, ""), verb);
            unknown.Error.ShouldStartWith("webhook: there is no integration with the id or name 'no such'; there are ");
        }
    }

    [Fact]
    public async Task An_id_wins_over_a_name_that_looks_like_one()
    {
        var id = await CreateAsync("number");
        var named = await CreateAsync(id);
        (await server.JsonAsync("integrations", "show", id))["integration"]!["name"]!.GetValue<string>().ShouldBe("number");
        (await server.JsonAsync("integrations", "show", named))["integration"]!["name"]!.GetValue<string>().ShouldBe(id);
    }

    [Fact]
    public async Task Nothing_is_deleted_unasked()
    {
        var id = await CreateAsync("kept");
        var result = await server.RunAsync("integrations", "delete", id);
        (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
        result.Error.ShouldContain("say so with --yes");
        (await server.JsonAsync("integrations", "show", id))["integration"].ShouldNotBeNull();
        (await server.JsonAsync("integrations", "delete", id, "--yes"))["deleted"]!["name"]!.GetValue<string>().ShouldBe("kept");
    }

    private async Task<string> CreateAsync(string name, params string[] options) =>
        (await server.JsonAsync(["integrations", "create", "--name", name, "--endpoint", "https://receiver.example/hook", .. options]))["id"]!.ToString();
}
