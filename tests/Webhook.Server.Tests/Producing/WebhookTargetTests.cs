using System.Text;
using System.Text.Json.Nodes;
using Webhook.Actors.Integrations;
using Webhook.Server.Producing;
using Webhook.Server.Receiving;
using Receiver = Webhook.Server.Receiving.Receiver;

namespace Webhook.Server.Tests.Producing;

/// <summary>What <c>send --to</c> sends, as <c>receive</c> sees it.</summary>
public sealed class WebhookTargetTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly MemoryStream _json = new();

    public void Dispose() => _json.Dispose();

    [Theory]
    [InlineData(Authentication.Signature, SignatureStyle.StandardWebhooks, Secret, RequestCompression.None, PayloadFormat.Json, "signature")]
    [InlineData(Authentication.Signature, SignatureStyle.GitHub, "It's a Secret to Everybody", RequestCompression.Gzip, PayloadFormat.Ndjson, "signature")]
    [InlineData(Authentication.BasicAuth, SignatureStyle.StandardWebhooks, "user:password", RequestCompression.Zstd, PayloadFormat.Json, "basic")]
    [InlineData(Authentication.BearerToken, SignatureStyle.StandardWebhooks, "token", RequestCompression.None, PayloadFormat.Ndjson, "bearer")]
    public async Task Every_way_to_prove_who_sends_is_verified(
        Authentication authentication, SignatureStyle style, string secret, RequestCompression compression, PayloadFormat output, string check)
    {
        await using var receiver = await StartAsync(new FaultOptions(), secret);
        var settings = Settings(receiver.Address) with
        {
            Authentication = authentication,
            Secrets = [new StoredSecret(secret)],
            Output = output,
            Delivery = new DeliverySettings { MaxBatchEvents = 100, MaxConcurrency = 2, Compression = compression, SignatureStyle = style },
        };
        var (stop, tally) = await SendAsync(settings, Lines(250));
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused, receiver.Counts.Events).ShouldBe((250, 0, 250));
        Told().ShouldAllBe(told => told["verdicts"]![0]!["check"]!.GetValue<string>() == check && told["verdicts"]![0]!["passed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_second_run_is_no_repeat_of_the_first()
    {
        await using var receiver = await StartAsync(new FaultOptions());
        for (var run = 0; run < 2; run++) (await SendAsync(Settings(receiver.Address), Lines(10))).Stop.ShouldBeNull();
        receiver.Counts.ShouldBe(new ReceiverCounts(2, 2, 20, 0, 0, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refused_events_are_found_and_reported_as_they_were(bool named)
    {
        await using var receiver = await StartAsync(new FaultOptions { RefuseEvents = ["\"n\":7}", "\"n\":64}"], NamesRefused = named });
        using var kept = new MemoryStream();
        var (stop, tally) = await SendAsync(Settings(receiver.Address), "no JSON\n" + Lines(100), kept);
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused, receiver.Counts.Events).ShouldBe((98, 3, 98));
        tally.Refusals.Select(refusal => refusal.Line).ShouldBe([1, 8, 65]);
        Encoding.UTF8.GetString(kept.ToArray()).ShouldBe("no JSON\n{\"n\":7}\n{\"n\":64}\n");
    }

    [Fact]
    public async Task More_wrong_lines_than_are_listed_cost_no_good_one()
    {
        await using var receiver = await StartAsync(new FaultOptions());
        var input = string.Concat(Enumerable.Range(1, 900).Select(i => i % 3 == 0 ? $"{{\"n\":{i}}}\n" : "x\n"));
        var (stop, tally) = await SendAsync(Settings(receiver.Address), input);
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused, receiver.Counts.Events).ShouldBe((300, 600, 300));
    }

    [Fact]
    public async Task A_batch_that_is_taken_and_not_answered_is_sent_again_and_dropped()
    {
        await using var receiver = await StartAsync(new FaultOptions { ResetShare = 0.5, Seed = 4 });
        var (stop, tally) = await SendAsync(Settings(receiver.Address), Lines(400));
        stop.ShouldBeNull();
        (tally.Accepted, receiver.Counts.Events).ShouldBe((400, 400));
        receiver.Counts.Repeats.ShouldBeGreaterThan(0);
        tally.Repeated.ShouldBe(receiver.Counts.Repeats);
    }

    [Theory]
    [InlineData(401, ExitCode.Failed, "the receiver answered 401; check the authentication and the secret")]
    [InlineData(503, ExitCode.Unavailable, "the receiver answered 503 (ServiceUnavailable)")]
    public async Task A_receiver_that_takes_nothing_ends_it(int status, int exitCode, string reason)
    {
        await using var receiver = await StartAsync(new FaultOptions { Fail = [new FailRule(status, 1, null, $"{status}")] });
        var (stop, tally) = await SendAsync(Settings(receiver.Address), Lines(10));
        stop!.ExitCode.ShouldBe(exitCode);
        stop.Message.ShouldContain(reason);
        tally.Accepted.ShouldBe(0);
    }

    private async Task<Receiver> StartAsync(FaultOptions faults, params string[] secrets) =>
        await Receiver.StartAsync(new ReceiverSettings("http://127.0.0.1:0", secrets) { Faults = faults }, new JsonReceipts(_json), TimeProvider.System, default);

    private static IntegrationSettings Settings(Uri endpoint) => new()
    {
        Endpoint = endpoint,
        Channels = [WebhookTarget.Channel],
        Delivery = new DeliverySettings { MaxBatchEvents = 100, MaxConcurrency = 2 },
    };

    private static string Lines(int count) => string.Concat(Enumerable.Range(1, count).Select(i => $$"""{"n":{{i}}}""" + "\n"));

    private static async Task<(SendStop? Stop, SendTally Tally)> SendAsync(IntegrationSettings settings, string input, Stream? refused = null)
    {
        var tally = new SendTally(refused);
        using var target = new WebhookTarget(settings, connections: 2, tally, TimeProvider.System);
        var reader = new InputReader(new MemoryStream(Encoding.UTF8.GetBytes(input)), new InputLimits(1000, 1024 * 1024, TimeSpan.FromMilliseconds(200)), TimeProvider.System);
        return (await new EventPump(reader, target, connections: 2, eventsPerSecond: null, TimeProvider.System).RunAsync(default), tally);
    }

    private List<JsonNode> Told() =>
        [.. Encoding.UTF8.GetString(_json.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
