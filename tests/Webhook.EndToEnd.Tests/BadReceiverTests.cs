using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md row 28: receivers as they should not be, on raw sockets. Whatever one does, its attempts end by themselves, nothing is lost, and the next good answer is enough.</summary>
public sealed class BadReceiverTests(BadReceiverTests.Program program) : IClassFixture<BadReceiverTests.Program>
{
    private const int Events = 40;

    /// <summary>Larger than what the kernel buffers on the way, so that a receiver that does not read is felt.</summary>
    private const int Padding = 25_000;

    /// <summary>None of these takes the batch: the sender must give up by itself, try again, and deliver when the receiver is well.</summary>
    private static readonly Dictionary<string, RawBehaviour> Takeless = new RawBehaviour[]
    {
        RawBehaviours.NeverReads, RawBehaviours.ReadsOnlyTheHead, RawBehaviours.NeverAnswers, RawBehaviours.AnswersOneByteASecond, RawBehaviours.ClosesAtOnce, RawBehaviours.ResetsAtOnce,
        RawBehaviours.EndsItsSideAfterTheHead, RawBehaviours.ResetsInTheBody, RawBehaviours.ResetsInTheAnswersHead, RawBehaviours.AnswersEndlessHeaders, RawBehaviours.AnswersOneEndlessHeader,
        RawBehaviours.AnswersEndlessEarlyHints, RawBehaviours.RefusesBeforeTheBodyIsRead, RawBehaviours.AnswersGarbage, RawBehaviours.AnswersAnotherVersion,
    }.ToDictionary(static b => b.Method.Name);

    /// <summary>All of these take it, and the sender learns so, or cannot know.</summary>
    private static readonly Dictionary<string, RawBehaviour> Taking = new RawBehaviour[]
    {
        RawBehaviours.TakesAndAnswersABodyOfOneByteASecond, RawBehaviours.TakesAndEndsItsSide, RawBehaviours.TakesAndResetsInTheAnswersBody, RawBehaviours.TakesAndAnswersHundredMegabytes,
        RawBehaviours.TakesAndAnswersEndlessChunks, RawBehaviours.TakesAndClosesWithoutAnswer, RawBehaviours.TakesAndAnswersBeforeTheBodyIsRead, RawBehaviours.TakesAndClosesAfterEachAnswer,
        RawBehaviours.TakesOneOfTwoAndAnswersTwice,
    }.ToDictionary(static b => b.Method.Name);

    /// <summary>The sender cannot tell that these took it, so it sends again.</summary>
    private static readonly HashSet<string> Ambiguous = [nameof(RawBehaviours.TakesAndEndsItsSide), nameof(RawBehaviours.TakesAndClosesWithoutAnswer)];

    public static TheoryData<string> WithoutTaking => [.. Takeless.Keys];

    public static TheoryData<string> WhileTaking => [.. Taking.Keys];

    [Theory]
    [MemberData(nameof(WithoutTaking))]
    public async Task An_attempt_ends_by_itself_and_the_batch_arrives_when_the_receiver_is_well(string behaviour)
    {
        await using var receiver = RawReceiver.Start();
        var (id, channel) = await program.CreateAsync(behaviour, receiver.Url);
        receiver.Behave(Takeless[behaviour]);
        var oracle = new Oracle();
        (await program.Webhook.SendAsync(oracle, Events, padding: Padding, channel: channel)).ShouldBeTrue();
        await receiver.WaitForConnectionsAsync(2);
        receiver.Taken.Where(Oracle.IsDelivery).ShouldBeEmpty();
        var errors = await program.Webhook.CallAsync(HttpMethod.Get, $"{IntegrationCalls.Path}/{id}/errors");
        errors["count"]!.GetValue<int>().ShouldBeGreaterThan(0);

        receiver.Behave(RawBehaviours.TakesAll);
        (await program.Webhook.SendAsync(oracle, 1, channel: channel)).ShouldBeTrue();
        await Until.HoldsAsync(() => oracle.AllArrived(receiver.Taken), () => $"{receiver.Taken.Count} requests");
        oracle.Judge(receiver.Taken).ShouldBe(0);
        await FinishAsync(receiver, id);
    }

    [Theory]
    [MemberData(nameof(WhileTaking))]
    public async Task What_was_taken_counts_whatever_follows_the_status_and_memory_stays_bounded(string behaviour)
    {
        await using var receiver = RawReceiver.Start();
        var (id, channel) = await program.CreateAsync(behaviour, receiver.Url);
        receiver.Behave(Taking[behaviour]);
        program.Webhook.ResetPeak();
        var before = program.Webhook.ResidentBytes();
        var oracle = new Oracle();
        for (var batch = 0; batch < 3; batch++)
        {
            (await program.Webhook.SendAsync(oracle, Events, padding: Padding, channel: channel)).ShouldBeTrue();
            await Until.HoldsAsync(() => oracle.AllArrived(receiver.Taken), () => $"{receiver.Taken.Count} requests");
        }

        (program.Webhook.PeakResidentBytes() - before).ShouldBeLessThan(64L * 1024 * 1024, "an answer's body is nothing to keep");
        receiver.Behave(RawBehaviours.TakesAll);
        (await program.Webhook.SendAsync(oracle, 1, channel: channel)).ShouldBeTrue();
        await Until.HoldsAsync(() => oracle.AllArrived(receiver.Taken), () => $"{receiver.Taken.Count} requests");
        await program.Webhook.EventuallyAsync($"{IntegrationCalls.Path}/{id}/status", static status => status["requestsInFlight"]!.GetValue<int>() == 0);
        var repeated = oracle.Judge(receiver.Taken);
        if (!Ambiguous.Contains(behaviour)) repeated.ShouldBe(0, "2xx is the receiver's word");
        await FinishAsync(receiver, id);
    }

    [Fact]
    public async Task A_receiver_silent_after_the_TLS_hello_is_given_up_and_delivered_to_when_it_is_well()
    {
        using var certificate = TestCertificate.Create();
        // What Windows needs and Linux does not mind: a key that is not only in memory.
        using var server = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        await using var receiver = RawReceiver.Start(RawBehaviours.TakesAllOverTls(server), "https");
        var (id, channel) = await program.CreateAsync("TLS", receiver.Url, new JsonObject { ["isInsecure"] = true }, timeoutMs: 5000);
        receiver.Behave(RawBehaviours.TlsHelloThenSilence);
        var oracle = new Oracle();
        (await program.Webhook.SendAsync(oracle, Events, channel: channel)).ShouldBeTrue();
        await receiver.WaitForConnectionsAsync(2);
        receiver.Behave(RawBehaviours.TakesAllOverTls(server));
        (await program.Webhook.SendAsync(oracle, 1, channel: channel)).ShouldBeTrue();
        await Until.HoldsAsync(() => oracle.AllArrived(receiver.Taken), () => $"{receiver.Taken.Count} requests");
        oracle.Judge(receiver.Taken).ShouldBe(0);
        await FinishAsync(receiver, id);
    }

    private async Task FinishAsync(RawReceiver receiver, long id)
    {
        receiver.Violations.ShouldBeEmpty();
        await program.Webhook.CallAsync(HttpMethod.Delete, $"{IntegrationCalls.Path}/{id}");
    }

    /// <summary>One program for all of them; each integration has a channel of its own.</summary>
    public sealed class Program : IAsyncLifetime, IDisposable
    {
        private const int MostChannels = 40;

        private readonly TemporaryFolder _data = new();
        private int _channel;

        internal WebhookProcess Webhook { get; private set; } = null!;

        public async Task InitializeAsync() => Webhook = await WebhookProcess.ServeAsync(
            _data.Path, [.. Enumerable.Range(0, MostChannels).SelectMany(static n => (string[])["--set", $"Webhook:Channels:Additional:{n}=BAD_{n}"])]);

        public async Task DisposeAsync() => await Webhook.DisposeAsync();

        public void Dispose() => _data.Dispose();

        internal async Task<(long Id, string Channel)> CreateAsync(string name, Uri url, JsonObject? connectionInfo = null, int timeoutMs = 2000)
        {
            var channel = $"BAD_{_channel++}";
            var delivery = new JsonObject { ["maxBatchDelayMs"] = 50, ["maxBatchBytes"] = 10_000_000, ["timeoutMs"] = timeoutMs };
            return (await Webhook.CreateAsync(IntegrationCalls.Settings(name, url, delivery: delivery, connectionInfo: connectionInfo, channel: channel)), channel);
        }
    }
}
