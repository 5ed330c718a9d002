using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary><c>webhook check</c> as a process: what it prints, where, and what it ends with.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Loopback = "Webhook:Egress:AllowedAddresses:0=127.0.0.0/8";
    private const string Secret = "hunter2-never-shown";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_originals_file_and_the_agents_are_fine()
    {
        var file = Write("local_forwarder_config.yaml", Webhook("https://receiver.example/hook") + "- type: LOCAL\n  channels: [SECURE_EVENTS_POLICIES]\n  configuration: {output: stdout}\n");
        var agent = Write("dragent.yaml", "customerid: x\nlocal_forwarder: {enabled: true, transmit_message_types: [POLICY_EVENTS]}\n");

        var (exitCode, output, error) = await WebhookProcess.RunAsync(["check", file, "--agent-config", agent]);

        output.ShouldBe($"""
            {file}:3:13: warning: integrations[0].channels: the sensor does not hand over 'ACTIVITY_AUDIT': add SECURE_AUDIT to local_forwarder.transmit_message_types in the agent's file
            settings: ok
            {file}: ok, 1 warning, 2 integrations
            {agent}: ok
            """);
        error.ShouldBe("");
        exitCode.ShouldBe(0);
        Directory.Exists("data").ShouldBeFalse("a check makes no data folder");
    }

    [Fact]
    public async Task Everything_wrong_is_told_at_once_also_the_settings()
    {
        var bad = Write("bad.yaml", Webhook("ftp://r/") + "- type: KAFKA\n");
        var settings = Write("settings.json", """{"Webhook":{"Ingest":{"MaxEvents":"many"}}}""");

        var (exitCode, output, error) = await WebhookProcess.RunAsync(
            ["check", bad, "--integrations", _folder.Path + "/none", "--settings", settings, "--set", "Webhook:Ingst:X=1", "--live"],
            new Dictionary<string, string> { ["WEBHOOK_ADMIN_TOKEN"] = "short" });

        output.ShouldContain("settings: WEBHOOK_ADMIN_TOKEN has 5 characters; it needs at least 24.");
        output.ShouldContain("settings: Failed to convert configuration value 'many' at 'Webhook:Ingest:MaxEvents'");
        output.ShouldContain("settings: Webhook:Ingst: unknown setting; known here:");
        output.ShouldContain($"{bad}:5:15: integrations[0].configuration.endpoint: 'ftp://r/' must be an absolute https:// or http:// URL");
        output.ShouldContain($"{bad}:8:9: integrations[1].type: 'KAFKA' is a type of the original that this program does not have.");
        output.ShouldContain($"{_folder.Path}/none: there is no such file");
        output.ShouldContain("settings: 3 errors");
        output.ShouldContain($"{bad}: 3 errors");
        output.ShouldContain("receivers: not tested; mend the errors first");
        output.ShouldNotContain(Secret);
        output.ShouldNotContain("\u001b");
        error.ShouldBe("");
        exitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Wrong_arguments_are_wrong_usage()
    {
        var (exitCode, output, error) = await WebhookProcess.RunAsync(["check", "--set", "nonsense"]);
        error.ShouldBe("webhook: --set nonsense: write it as Webhook:Section:Key=value.\n");
        output.ShouldBe("");
        exitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Live_sends_signed_samples_to_all_receivers_and_tells_the_stages()
    {
        await using var receiver = await Receiver.StartAsync();
        var file = Write("live.yaml", Webhook(receiver.Url + "?key=" + Secret) + $"- name: dead\n{Webhook(Dead())["integrations:\n- ".Length..].Insert(0, "  ")}- type: LOCAL\n  channels: [ACTIVITY_AUDIT]\n  configuration: {{output: stdout}}\n");

        var (exitCode, output, error) = await WebhookProcess.RunAsync(["check", file, "--live", "--json", "--set", Loopback]);

        error.ShouldBe("");
        exitCode.ShouldBe(1);
        output.ShouldNotContain(Secret);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("succeeded").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("settingsErrors").GetArrayLength().ShouldBe(0);
        json.RootElement.GetProperty("files")[0].GetProperty("integrations").GetInt32().ShouldBe(3);
        var (alive, dead, local) = (json.RootElement.GetProperty("live")[0], json.RootElement.GetProperty("live")[1], json.RootElement.GetProperty("live")[2]);
        alive.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        alive.GetProperty("statusCode").GetInt32().ShouldBe(200);
        alive.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()).ShouldBe(["resolve", "address", "connect", "request", "status"]);
        dead.GetProperty("name").GetString().ShouldBe("dead");
        dead.GetProperty("succeeded").GetBoolean().ShouldBeFalse();
        dead.GetProperty("stages").EnumerateArray().Last().GetProperty("name").GetString().ShouldBe("connect");
        local.GetProperty("stages").ValueKind.ShouldBe(JsonValueKind.Null);
        var request = receiver.Requests.ShouldHaveSingleItem();
        request.Headers.ShouldContainKey("webhook-signature");
    }

    [Fact]
    public async Task Live_obeys_the_egress_rules_of_the_settings()
    {
        await using var receiver = await Receiver.StartAsync();
        var file = Write("live.yaml", Webhook(receiver.Url.ToString()));

        var (exitCode, output, _) = await WebhookProcess.RunAsync(["check", file, "--live"]);

        exitCode.ShouldBe(1);
        output.ShouldContain($"{file}: integrations[0]: {receiver.Url.GetLeftPart(UriPartial.Authority)}: failed at address: ");
        output.ShouldContain("allow it with Webhook:Egress:AllowedAddresses");
        receiver.Requests.ShouldBeEmpty();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Webhook(string endpoint) =>
        $"integrations:\n- type: WEBHOOK\n  channels: [SECURE_EVENTS_POLICIES, ACTIVITY_AUDIT]\n  configuration:\n    endpoint: {endpoint}\n    auth: SIGNATURE\n    secret: {Secret}\n";

    /// <summary>An address where nobody listens any more.</summary>
    private static string Dead()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"http://{socket.LocalEndPoint}/hook";
    }
}
