using System.Text.Json.Nodes;
using Webhook.Actors.Integrations;
using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>Integrations out of a file: applied through the real catalog and actors, and seen through the API.</summary>
public sealed class ManagedIntegrationsTests : OnApiServer
{
    private const string File = "/etc/webhook/integrations.yaml";

    public override async Task InitializeAsync() => _server = await ApiServer.StartAsync(_folder, managedFile: File);

    [Fact]
    public async Task What_stands_in_the_file_is_on_without_a_test_and_shown_as_managed()
    {
        _server.Lanes.Report = LaneScript.Failure;

        (await ApplyAsync(Wanted("ours", "https://x.example/hook"))).ShouldBe(["'ours' added"]);

        var shown = await GetAsync("/integrations/1");
        ((string?)shown["name"], (bool?)shown["isEnabled"], (string?)shown["managedBy"], (string?)shown["type"]).ShouldBe(("ours", true, File, "WEBHOOK"));
        ((string?)(await GetAsync("/integrations/1/status"))["state"]).ShouldBe("Connected");
        (await RunningAsync(r => r is not null))!.Settings.Endpoint.ShouldBe(new Uri("https://x.example/hook"));
    }

    [Theory]
    [InlineData("PUT", "", """{"type":"WEBHOOK","name":"mine","connectionInfo":{"endpoint":"https://x.example/"}}""")]
    [InlineData("DELETE", "", null)]
    [InlineData("POST", "/enable", null)]
    [InlineData("POST", "/disable", null)]
    [InlineData("POST", "/secrets/rotate", """{"generate":true}""")]
    public async Task The_API_does_not_change_it(string method, string path, string? body)
    {
        await ApplyAsync(Wanted("ours", "https://x.example/hook"));

        var answer = await _server.SendAsync(method, "/integrations/1" + path, body);

        answer.Status.ShouldBe(409);
        var error = JsonNode.Parse(answer.Body)!;
        ((string?)error["type"], (string?)error["message"]).ShouldBe(("managed_by_file", $"Integration 1 stands in the file {File}; change it there."));
        ((bool?)(await GetAsync("/integrations/1"))["isEnabled"]).ShouldBe(true);
    }

    [Fact]
    public async Task It_can_be_tested_and_the_API_changes_its_own_beside_it()
    {
        await ApplyAsync(Wanted("ours", "https://x.example/hook"));
        (await _server.SendAsync("POST", "/integrations/1/test")).Status.ShouldBe(200);

        (await _server.SendAsync("POST", "/integrations", """{"type":"WEBHOOK","name":"mine","connectionInfo":{"endpoint":"https://x.example/"}}""")).Status.ShouldBe(201);

        (await GetAsync("/integrations/2"))["managedBy"].ShouldBeNull();
        (await ApplyAsync()).ShouldBe(["'ours' removed"]);
        (await _server.SendAsync("DELETE", "/integrations/2")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing_also_when_the_secret_is_encrypted_anew()
    {
        await ApplyAsync(Wanted("ours", "https://x.example/hook", "s3cret"));
        var revision = (await RunningAsync(r => r is not null))!.Revision;

        (await ApplyAsync(Wanted("ours", "https://x.example/hook", "s3cret"))).ShouldBeEmpty();

        _server.Lanes.Running!.Revision.ShouldBe(revision);
    }

    [Fact]
    public async Task A_changed_secret_signs_beside_the_one_before()
    {
        await ApplyAsync(Wanted("ours", "https://x.example/hook", "s3cret"));

        (await ApplyAsync(Wanted("ours", "https://x.example/hook", "another"))).ShouldBe(["'ours' changed"]);

        var secrets = (await RunningAsync(r => r?.Revision == 2))!.Settings.Secrets;
        (secrets.Count, secrets[0].ExpiresAt, secrets[1].ExpiresAt is not null).ShouldBe((2, null, true));
    }

    [Fact]
    public async Task An_endpoint_that_changes_keeps_the_integration_and_gives_it_its_new_name()
    {
        await ApplyAsync(Wanted(null, "https://x.example/hook?token=hidden"));
        ((string?)(await GetAsync("/integrations/1"))["name"]).ShouldBe("x.example/hook");

        (await ApplyAsync(Wanted(null, "https://y.example/hook"))).ShouldBe(["'y.example/hook' changed"]);

        ((string?)(await GetAsync("/integrations/1"))["name"]).ShouldBe("y.example/hook");
        (await RunningAsync(r => r?.Revision == 2))!.Lane.Integration.ShouldBe(new IntegrationId(1));
    }

    [Fact]
    public async Task A_name_that_the_API_has_given_is_said_and_the_others_are_applied()
    {
        await _server.SendAsync("POST", "/integrations", """{"type":"WEBHOOK","name":"mine","connectionInfo":{"endpoint":"https://x.example/"}}""");

        var report = await _server.Managed.ApplyAsync([Wanted("mine", "https://x.example/1"), Wanted("ours", "https://x.example/2")], default);

        report.Failures.ShouldBe(["'mine': the name is taken by integration 1, which was made through the API; choose another name in the file"]);
        report.Changes.ShouldBe(["'ours' added"]);
    }

    [Fact]
    public async Task Started_without_a_file_the_API_has_it()
    {
        await ApplyAsync(Wanted("ours", "https://x.example/hook"));
        await _server.DisposeAsync();

        _server = await ApiServer.StartAsync(_folder);

        (await GetAsync("/integrations/1"))["managedBy"].ShouldBeNull();
        (await _server.SendAsync("POST", "/integrations/1/disable")).Status.ShouldBe(200);
        await _server.DisposeAsync();
        _server = await ApiServer.StartAsync(_folder, managedFile: File);
        (await ApplyAsync(Wanted("ours", "https://x.example/hook"))).ShouldBe(["'ours' changed"]);
        ((bool?)(await GetAsync("/integrations/1"))["isEnabled"]).ShouldBe(true);
    }

    /// <summary>Lanes are told beside the answer, not before it.</summary>
    private async Task<LaneProtocol.Run?> RunningAsync(Func<LaneProtocol.Run?, bool> expected)
    {
        await Until.HoldsAsync(() => expected(_server.Lanes.Running), () => $"the lanes run {_server.Lanes.Running}");
        return _server.Lanes.Running;
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(params ManagedIntegration[] wanted)
    {
        var report = await _server.Managed.ApplyAsync(wanted, default);
        report.Failures.ShouldBeEmpty();
        return report.Changes;
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse((await _server.GetAsync(path)).Body)!;

    private ManagedIntegration Wanted(string? name, string endpoint, string? secret = null) => new(name, new IntegrationSettings
    {
        Endpoint = new Uri(endpoint),
        Authentication = secret is null ? Authentication.None : Authentication.Signature,
        Secrets = secret is null ? [] : [_server.Protector.Protect(secret)],
    });
}
