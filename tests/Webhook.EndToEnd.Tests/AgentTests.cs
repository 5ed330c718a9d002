using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Testing;
using Xunit.Abstractions;

namespace Webhook.EndToEnd.Tests;

/// <summary>The agent-local mode with real processes: files in, files changed, lines followed over rotation and kills.</summary>
public sealed class AgentTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => Path.Combine(_folder.Path, "data");

    private string Config => Path.Combine(_folder.Path, "local_forwarder_config.yaml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_originals_file_forwards_what_comes_over_http_to_the_webhook_and_to_standard_output()
    {
        await using var receiver = await Receiver.StartAsync();
        await WriteConfigAsync($$"""
            integrations:
            - type: WEBHOOK
              channels: [SECURE_EVENTS_POLICIES, ACTIVITY_AUDIT]
              configuration:
                endpoint: {{receiver.Url}}
                auth: SIGNATURE
                secret: ${RECEIVER_SECRET}
                insecure: false
                headers: [{key: X-Team, value: blue}]
                output: json
                timestampFormat: milliseconds
            - type: LOCAL
              channels: [SECURE_EVENTS_POLICIES]
              configuration: {output: stdout}
            """);
        await using var agent = await WebhookProcess.AgentAsync(Data, Config, environment: new Dictionary<string, string> { ["RECEIVER_SECRET"] = "correct-horse-battery-staple" });

        await PostAsync(agent, "/v1/events/ACTIVITY_AUDIT", """{"id":"audit","timestamp":1764000000123456789}""");
        foreach (var alert in Sample.Alerts) await PostAsync(agent, "/v1/falco", Encoding.UTF8.GetString(Sample.Read(alert)));

        var requests = await receiver.WaitAsync(all => all.Sum(r => JsonNode.Parse(r.Body)!.AsArray().Count) > Sample.Alerts.Count);
        requests.ShouldAllBe(r => r.Headers["X-Team"] == "blue" && r.Headers["webhook-signature"].StartsWith("v1,"));
        var events = requests.SelectMany(r => JsonNode.Parse(r.Body)!.AsArray()).ToList();
        events.ShouldContain(e => (string?)e!["id"] == "audit" && e["timestamp"]!.GetValue<long>() == 1764000000123);
        await Until.HoldsAsync(() => agent.Output.Count(l => l.StartsWith('{')) == Sample.Alerts.Count, () => string.Join('\n', agent.Output));
        agent.Output.ShouldAllBe(line => (string?)JsonNode.Parse(line)!["engine"] == "falco");
        agent.Log.ShouldAllBe(line => !line.Contains("correct-horse"));
    }

    [Fact]
    public async Task A_good_change_is_applied_without_losing_anything_and_a_bad_one_changes_nothing()
    {
        await using var down = await SwitchedReceiver.StartAsync();
        await using var up = await Receiver.StartAsync();
        var oracle = new Oracle();
        var secret = Path.Combine(_folder.Path, "secret");
        await File.WriteAllTextAsync(secret, "first-bearer-token\n");
        await WriteConfigAsync(Webhook(down.Url, "auth: BEARER_TOKEN", $"secret: file:{secret}"));
        await using var agent = await WebhookProcess.AgentAsync(Data, Config);
        down.IsUp = false;
        await SendAsync(agent, oracle, 20);
        await down.RefusesAsync(1);

        await WriteConfigAsync(Webhook(up.Url, "auth: BEARER_TOKEN", $"secret: file:{secret}", "endpiont: x"));
        await LogsAsync(agent, "endpiont");
        await SendAsync(agent, oracle, 20);
        up.Requests.ShouldBeEmpty();

        await WriteConfigAsync(Webhook(up.Url, "auth: BEARER_TOKEN", $"secret: file:{secret}"));
        oracle.Judge(await up.WaitAsync(oracle.AllArrived)).ShouldBe(0);
        up.Requests.ShouldAllBe(r => r.Headers["Authorization"] == "Bearer first-bearer-token");

        await File.WriteAllTextAsync(secret, "second-bearer-token\n");
        await Until.HoldsAsync(
            async () =>
            {
                await SendAsync(agent, oracle, 1);
                return up.Requests.Last().Headers["Authorization"] == "Bearer second-bearer-token";
            },
            () => up.Requests.Last().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_writer_that_rotates_and_truncates_loses_nothing_and_repeats_nothing_over_kills()
    {
        const int rounds = 6;
        await using var receiver = await ExactlyOnceReceiver.StartAsync();
        await WriteConfigAsync(Webhook(receiver.Url));
        var log = Path.Combine(_folder.Path, "sensor.log");
        string[] follow = ["--follow", $"{log}=SECURE_EVENTS_POLICIES"];
        var (oracle, random, written) = (new Oracle(), new Random(20261125), 0);
        var rotations = 0;

        for (var round = 0; round < rounds; round++)
        {
            await using var agent = await WebhookProcess.AgentAsync(Data, Config, follow);
            for (var goal = Count(receiver.Taken) + random.Next(20, 400); Count(receiver.Taken) < goal;)
            {
                Write(random.Next(1, 200));
                if (random.Next(5) == 0) Rotate();
                var seen = Count(receiver.Taken);
                await receiver.WaitAsync(taken => Count(taken) > seen);
            }

            await agent.KillAsync();
            // Also while it is down.
            Write(random.Next(1, 50));
            if (random.Next(2) == 0) Rotate();
            Write(random.Next(1, 50));
        }

        await using var last = await WebhookProcess.AgentAsync(Data, Config, follow);
        Write(3);
        await receiver.WaitAsync(oracle.AllArrived, TimeSpan.FromSeconds(120));
        oracle.Judge(receiver.Taken).ShouldBe(0, "lines that the receiver has twice");
        output.WriteLine($"{rounds} kills, {rotations} rotations, {written} lines, each once; {receiver.Dropped} requests were repetitions");

        static int Count(IEnumerable<ReceivedRequest> requests) => requests.Sum(r => DeliveredEvents.Of(r).Count);

        void Write(int lines)
        {
            var (_, ids) = oracle.NextBody(lines);
            File.AppendAllLines(log, ids.Select(id => oracle.Issued(id)!));
            oracle.Acknowledge(ids);
            written += lines;
        }

        // As logrotate does without copytruncate: the old file goes on under another name.
        void Rotate() => File.Move(log, $"{log}.{++rotations}");
    }

    [Fact]
    public async Task Standard_input_is_forwarded_and_the_agent_ends_when_all_is_delivered()
    {
        await using var receiver = await Receiver.StartAsync();
        await WriteConfigAsync(Webhook(receiver.Url));
        var oracle = new Oracle();
        var (_, ids) = oracle.NextBody(1000);
        oracle.Acknowledge(ids);

        var (exitCode, _, error) = await WebhookProcess.RunAsync(
            ["agent", "--config", Config, "--data", Data, "--urls", "http://127.0.0.1:0", "--stdin", "SECURE_EVENTS_POLICIES", "--exit-at-end", "--set", "Webhook:Egress:AllowedAddresses:0=127.0.0.0/8"],
            input: string.Join('\n', ids.Select(id => oracle.Issued(id))));

        exitCode.ShouldBe(0, error);
        oracle.Judge(receiver.Requests).ShouldBe(0);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        await WriteConfigAsync("""
            integrations:
            - type: WEBHOOK
              channels: [NO_SUCH]
              configuration: {endpoint: "ftp://x", auth: SIGNATURE}
            """);

        var (exitCode, _, error) = await WebhookProcess.RunAsync(
            ["agent", "--config", Config, "--data", Data, "--urls", "http://0.0.0.0:8090", "--stdin", "nothing", "--set", "Webhook:EventLog:MaxBytez=1"]);

        exitCode.ShouldBe(2);
        foreach (var said in (string[])["NO_SUCH", "ftp://x", "configuration.secret", "--urls http://0.0.0.0:8090", "--stdin 'nothing'", "MaxBytez"]) error.ShouldContain(said);
        error.ShouldContain($"{Config}:3:");
    }

    [Fact]
    public async Task Without_a_key_only_programs_of_this_machine_may_send()
    {
        await WriteConfigAsync("integrations: []");
        await using var agent = await WebhookProcess.AgentAsync(Data, Config);

        (await StatusAsync(agent, _ => { })).ShouldBe(HttpStatusCode.Accepted);
        (await StatusAsync(agent, r => r.Headers.Add("Origin", "https://evil.example"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(agent, r => r.Headers.Host = "evil.example")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Serve_keeps_integrations_of_a_file_beside_those_of_its_api()
    {
        await using var receiver = await Receiver.StartAsync();
        await WriteConfigAsync(Webhook(receiver.Url));
        await using var webhook = await WebhookProcess.ServeAsync(Data, ["--integrations", Config]);
        var oracle = new Oracle();

        (await webhook.SendAsync(oracle, 10)).ShouldBeTrue();

        oracle.Judge(await receiver.WaitAsync(oracle.AllArrived)).ShouldBe(0);
        var shown = await webhook.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/1");
        ((string?)shown["managedBy"]).ShouldBe(Config);
        using var refused = await webhook.Admin.DeleteAsync($"{IntegrationCalls.Path}/1");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private static string Webhook(Uri url, params string[] more) => $$"""
        integrations:
        - type: WEBHOOK
          channels: [SECURE_EVENTS_POLICIES]
          configuration:
            endpoint: {{url}}
            delivery: {maxBatchDelayMs: 50, maxBatchEvents: 200}
        {{string.Join('\n', more.Select(line => "    " + line))}}
        """;

    private Task WriteConfigAsync(string text) => File.WriteAllTextAsync(Config, text);

    private static Task LogsAsync(WebhookProcess agent, string text) =>
        Until.HoldsAsync(() => agent.Log.Any(line => line.Contains(text)), () => string.Join('\n', agent.Log));

    private static async Task SendAsync(WebhookProcess agent, Oracle oracle, int events)
    {
        var (body, ids) = oracle.NextBody(events);
        await PostAsync(agent, $"/v1/events/{IntegrationCalls.Channel}", Encoding.UTF8.GetString(body));
        oracle.Acknowledge(ids);
    }

    private static async Task PostAsync(WebhookProcess agent, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(agent.Address, path)) { Content = new StringContent(body) };
        using var client = new HttpClient();
        using var response = await client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> StatusAsync(WebhookProcess agent, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(agent.Address, $"/v1/events/{IntegrationCalls.Channel}")) { Content = new StringContent("{}") };
        change(request);
        using var client = new HttpClient();
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
