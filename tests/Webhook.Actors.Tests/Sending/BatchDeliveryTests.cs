using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Sending;

public sealed class BatchDeliveryTests : IDisposable
{
    // Timers that are not pauses: the attempt's limit and the limit on reading an answer.
    private static readonly TimeSpan[] Limits = [TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2)];

    private readonly WatchedTime _time = new();
    private readonly List<FailedAttempt> _failures = [];
    private readonly NotingLedger _ledger = new();
    private readonly CancellationTokenSource _noRetries = new();
    private readonly CancellationTokenSource _abort = new();
    private DeliveryGate? _gate;

    public void Dispose()
    {
        _gate?.Dispose();
        _noRetries.Dispose();
        _abort.Dispose();
    }

    [Fact]
    public async Task SendAsync_FirstAnswer2xx_IsDeliveredWithEveryHeader()
    {
        await using var receiver = await Receiver.StartAsync();
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { Headers = [new CustomHeader("X-Team", "blue")] });

        (await SendAsync(delivery, Examples.Batch("[{},{}]"))).ShouldBe(new DeliveryEnd(true, 1));

        var request = receiver.Requests.Single();
        request.Method.ShouldBe("POST");
        Encoding.UTF8.GetString(request.Body).ShouldBe("[{},{}]");
        request.Headers.Where(h => h.Key != "Host").OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase).Select(h => $"{h.Key}: {h.Value}").ShouldBe(
        [
            "Content-Length: 7", "Content-Type: application/json", "User-Agent: webhook-actors/0.1.0", "webhook-id: msg_7-0-100-101", "X-Team: blue",
            "X-Webhook-Events: 2", "X-Webhook-First-Sequence: 100", "X-Webhook-Last-Sequence: 101", "X-Webhook-Partition: 0",
        ]);
    }

    [Fact]
    public async Task SendAsync_Ndjson_SaysSo()
    {
        await using var receiver = await Receiver.StartAsync();
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { Output = PayloadFormat.Ndjson });

        await SendAsync(delivery, Examples.Batch("{}\n"));

        receiver.Requests.Single().Headers["Content-Type"].ShouldBe("application/x-ndjson");
    }

    [Theory]
    [InlineData(RequestCompression.Gzip, "gzip")]
    [InlineData(RequestCompression.Zstd, "zstd")]
    public async Task SendAsync_Compressed_ReceiverReadsTheSameBodyAndTheSignatureIsOverIt(RequestCompression compression, string encoding)
    {
        await using var receiver = await Receiver.StartAsync();
        var protector = new ReversingProtector();
        var body = "[" + string.Join(",", Enumerable.Repeat("{\"a\":1}", 5000)) + "]";
        using var delivery = Delivery(Examples.Settings(receiver.Url) with
        {
            Authentication = Authentication.Signature,
            Secrets = [protector.Protect("key")],
            Delivery = new DeliverySettings { MaxBatchEvents = 10_000, Compression = compression, SignatureStyle = SignatureStyle.GitHub },
        });

        await SendAsync(delivery, Examples.Batch(body));

        var request = receiver.Requests.Single();
        request.Headers["Content-Encoding"].ShouldBe(encoding);
        request.Body.Length.ShouldBeLessThan(body.Length / 10);
        Inflate(request.Body, encoding).ShouldBe(body);
        request.Headers["X-Hub-Signature-256"].ShouldBe(GitHubSignature.Sign("key"u8, Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task SendAsync_BodyThatDoesNotCompress_Fits()
    {
        await using var receiver = await Receiver.StartAsync();
        var noise = new byte[1_000_000];
        new Random(1).NextBytes(noise);
        var body = "[\"" + Convert.ToBase64String(noise) + "\"]";
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { Delivery = new DeliverySettings { Compression = RequestCompression.Gzip } });

        await SendAsync(delivery, Examples.Batch(body));

        Inflate(receiver.Requests.Single().Body, "gzip").ShouldBe(body);
    }

    [Fact]
    public async Task SendAsync_ReceiverDownForAWhile_RetriesWithTheSameIdAndGrowingPausesAndFreshTimestamps()
    {
        var failing = 2;
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            if (Interlocked.Decrement(ref failing) >= 0) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var protector = new ReversingProtector();
        var settings = Examples.Settings(receiver.Url) with { Authentication = Authentication.Signature, Secrets = [protector.Protect("key")] };
        using var delivery = Delivery(settings, jitter: 0.4);

        var sending = SendAsync(delivery, Examples.Batch());
        var pauses = new List<double>();
        for (var i = 0; i < 2; i++) pauses.Add((await _time.PassNextAsync(Limits)).TotalSeconds);

        (await sending).ShouldBe(new DeliveryEnd(true, 3));
        pauses.ShouldBe([0.55, 4.4]);
        _failures.Select(f => (f.Attempt, f.Result.Outcome, f.Result.StatusCode)).ShouldBe(
            Enumerable.Range(1, 2).Select(n => (n, AttemptOutcome.ServerError, (int?)500)));
        receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().ShouldBe(["msg_7-0-100-100"]);
        var start = _time.Start.ToUnixTimeSeconds();
        receiver.Requests.Select(r => long.Parse(r.Headers["webhook-timestamp"]) - start).ShouldBe([0L, 0, 4]);
    }

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "7", 7)]
    [InlineData(503, "86400", 300)]
    [InlineData(503, "Tue, 24 Nov 2026 00:01:00 GMT", 60)]
    [InlineData(503, "Mon, 23 Nov 2026 00:00:00 GMT", 0.5)]
    [InlineData(500, "7", 0.5)]
    public async Task SendAsync_RetryAfter_IsHonouredOn429And503(int status, string header, double seconds)
    {
        var answers = 0;
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            if (answers++ > 0) return Task.CompletedTask;
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        var sending = SendAsync(delivery, Examples.Batch());

        (await _time.PassNextAsync(Limits)).TotalSeconds.ShouldBe(seconds);
        if (seconds > 0.5) (await _time.PassNextAsync(Limits)).TotalSeconds.ShouldBe(0.5, "the attempt's own pause, which the gate's outlasts");
        (await sending).ShouldBe(new DeliveryEnd(true, 2));
    }

    [Fact]
    public async Task SendAsync_NoAnswerInTime_IsTimedOutAndTriedAgain()
    {
        var answers = 0;
        await using var receiver = await Receiver.StartAsync((_, context) =>
            answers++ > 0 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { Delivery = new DeliverySettings { TimeoutMs = 4000 } });

        var sending = SendAsync(delivery, Examples.Batch());
        await receiver.WaitForAsync(1);

        (await _time.PassNextAsync()).ShouldBe(TimeSpan.FromSeconds(4));
        (await _time.PassNextAsync()).ShouldBe(TimeSpan.FromSeconds(0.5));
        (await sending).ShouldBe(new DeliveryEnd(true, 2));
        (_failures.Single().Result with { Detail = null }).ShouldBe(new AttemptResult(AttemptOutcome.TimedOut, Error: "no answer within 4 s"));
    }

    [Fact]
    public async Task SendAsync_AnswerBodyNeverEnds_StatusStands()
    {
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            await context.Response.Body.WriteAsync("x"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        var sending = SendAsync(delivery, Examples.Batch());
        (await _time.PassNextAsync(TimeSpan.FromSeconds(15))).ShouldBe(TimeSpan.FromSeconds(2));

        (await sending).ShouldBe(new DeliveryEnd(true, 1));
    }

    [Fact]
    public async Task SendAsync_EndlessAnswer_ConnectionIsClosed()
    {
        var closed = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            context.RequestAborted.Register(closed.SetResult);
            var part = new byte[64 * 1024];
            while (true) await context.Response.Body.WriteAsync(part, context.RequestAborted);
        });
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        (await SendAsync(delivery, Examples.Batch())).ShouldBe(new DeliveryEnd(true, 1));

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task SendAsync_Redirect_IsNotFollowed()
    {
        await using var other = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = other.Url.ToString();
            return Task.CompletedTask;
        });
        using var delivery = Delivery(Examples.Settings(receiver.Url));
        await _noRetries.CancelAsync();

        (await SendAsync(delivery, Examples.Batch())).ShouldBe(new DeliveryEnd(false, 1));

        _failures.Single().Result.Outcome.ShouldBe(AttemptOutcome.Misconfigured);
        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsConnectFailed()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var delivery = Delivery(Examples.Settings(new Uri($"http://127.0.0.1:{port}/")));
        await _noRetries.CancelAsync();

        await SendAsync(delivery, Examples.Batch());

        _failures.Single().Result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
    }

    [Fact]
    public async Task SendAsync_UnknownHost_IsDnsFailed()
    {
        using var delivery = Delivery(Examples.Settings(new Uri("http://no-such-host.invalid/")));
        await _noRetries.CancelAsync();

        await SendAsync(delivery, Examples.Batch());

        _failures.Single().Result.Outcome.ShouldBe(AttemptOutcome.DnsFailed);
    }

    [Fact]
    public async Task SendAsync_UntrustedCertificate_IsTlsFailedUnlessInsecure()
    {
        await using var receiver = await Receiver.StartAsync(listen: static listen => listen.UseHttps(TestCertificate.Create()));
        var settings = Examples.Settings(receiver.Url);
        await _noRetries.CancelAsync();

        using (var delivery = Delivery(settings)) (await SendAsync(delivery, Examples.Batch())).ShouldBe(new DeliveryEnd(false, 1));
        using (var delivery = Delivery(settings with { IsInsecure = true })) (await SendAsync(delivery, Examples.Batch())).ShouldBe(new DeliveryEnd(true, 1));

        _failures.Single().Result.Outcome.ShouldBe(AttemptOutcome.TlsFailed);
    }

    [Fact]
    public async Task SendAsync_SecretsOfOneRevision_AreOpenedOnce()
    {
        await using var receiver = await Receiver.StartAsync();
        var protector = new ReversingProtector();
        var settings = Examples.Settings(receiver.Url) with { Authentication = Authentication.BearerToken, Secrets = [protector.Protect("t")] };
        using var delivery = Delivery(settings, secrets: protector);

        for (var i = 0; i < 3; i++) await SendAsync(delivery, Examples.Batch());

        protector.Opened.ShouldBe(1);
    }

    [Fact]
    public async Task SendAsync_SecretCannotBeRead_IsAnAnswerAndNothingIsSent()
    {
        await using var receiver = await Receiver.StartAsync();
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { Authentication = Authentication.BearerToken, Secrets = [new StoredSecret("lost")] });
        await _noRetries.CancelAsync();

        (await SendAsync(delivery, Examples.Batch())).ShouldBe(new DeliveryEnd(false, 1));

        _failures.Single().Result.Outcome.ShouldBe(AttemptOutcome.CredentialsUnusable);
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAsync_NoMoreRetriesWhilePausing_EndsAtOnce()
    {
        await using var receiver = await Receiver.StartAsync(static (_, context) => Answer(context, 500));
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        var sending = SendAsync(delivery, Examples.Batch());
        await receiver.WaitForAsync(1);
        await _noRetries.CancelAsync();

        (await sending.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(new DeliveryEnd(false, 1));
    }

    [Fact]
    public async Task SendAsync_AbortedWhileSending_EndsAtOnceAndGivesTheBodyBack()
    {
        await using var receiver = await Receiver.StartAsync(static (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var delivery = Delivery(Examples.Settings(receiver.Url));
        var batch = Examples.Batch();

        var sending = SendAsync(delivery, batch);
        await receiver.WaitForAsync(1);
        await _abort.CancelAsync();

        (await sending.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(new DeliveryEnd(false, 0));
        _failures.ShouldBeEmpty();
        Should.Throw<ObjectDisposedException>(() => batch.Body);
    }

    [Fact]
    public async Task SendAsync_LimitedRate_WaitsForItsPlace()
    {
        await using var receiver = await Receiver.StartAsync();
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { Delivery = new DeliverySettings { MaxRequestsPerSecond = 0.1 } });

        await SendAsync(delivery, Examples.Batch());
        var second = SendAsync(delivery, Examples.Batch());

        (await _time.PassNextAsync(Limits)).ShouldBe(TimeSpan.FromSeconds(10));
        (await second).ShouldBe(new DeliveryEnd(true, 1));
    }

    [Fact]
    public async Task SendAsync_ThreeAttemptsFailed_WaitsOutTheInhibitionAndProbes()
    {
        var failing = 4;
        await using var receiver = await Receiver.StartAsync((_, context) => Answer(context, Interlocked.Decrement(ref failing) >= 0 ? 503 : 200));
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        var sending = SendAsync(delivery, Examples.Batch());

        var pauses = new List<double>();
        for (var i = 0; i < 4; i++) pauses.Add((await _time.PassNextAsync(Limits)).TotalSeconds);
        pauses.ShouldBe([0.5, 4, 300, 300]);
        (await sending).ShouldBe(new DeliveryEnd(true, 5));
        _failures.Select(f => (f.Attempt, f.Hold?.IsInhibition)).ShouldBe([(1, null), (2, null), (3, true), (4, true)]);
        _ledger.Notes.ShouldBe(["finish 100..101"]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task SendAsync_OneEventRefused_IsBisectedAndOnlyThatOneIsADeadLetter(int status)
    {
        await using var receiver = await Receiver.StartAsync(
            (request, context) => Answer(context, Encoding.UTF8.GetString(request.Body).Contains("poison", StringComparison.Ordinal) ? status : 200), keepOnly2xx: true);
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        (await SendAsync(delivery, Examples.Batch("""[{"n":0},{"n":1},{"n":2},{"n":"poison"},{"n":4}]"""))).IsFinished.ShouldBeTrue();

        receiver.Requests.Select(r => (r.Headers["webhook-id"], Encoding.UTF8.GetString(r.Body))).ShouldBe(
            [("msg_7-0-100-101", """[{"n":0},{"n":1}]"""), ("msg_7-0-102-102", """[{"n":2}]"""), ("msg_7-0-104-104", """[{"n":4}]""")]);
        _ledger.Notes.ShouldBe(
        [
            "divide 100..105 into 100..102 102..105", "finish 100..102", "divide 102..105 into 102..103 103..105", "finish 102..103",
            "divide 103..105 into 103..104 104..105", $"refuse 103: {AttemptClassification.Describe(status)}", "finish 103..104", "finish 104..105",
        ]);
    }

    [Fact]
    public async Task SendAsync_BodyTooLarge_IsSplitDownToTheOneEventThatIs()
    {
        await using var receiver = await Receiver.StartAsync((request, context) => Answer(context, request.Body.Length > 30 ? 413 : 200), keepOnly2xx: true);
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        (await SendAsync(delivery, Examples.Batch($$"""[{"n":0},{"n":1},{"n":2},{"x":"{{new string('x', 40)}}"}]"""))).IsFinished.ShouldBeTrue();

        receiver.Requests.Select(r => Encoding.UTF8.GetString(r.Body)).ShouldBe(["""[{"n":0},{"n":1}]""", """[{"n":2}]"""]);
        _ledger.Notes.Where(n => n.StartsWith("refuse", StringComparison.Ordinal)).ShouldBe(["refuse 103: the receiver answered 413; it does not take a body of this size"]);
    }

    [Fact]
    public async Task SendAsync_ReceiverNamesWhatItRefusesAndHasTakenTheRest_NothingIsSentAgain()
    {
        await using var receiver = await Receiver.StartAsync(static (_, context) => Answer(context, 207, """{"refused":[{"index":1,"reason":"no such tenant"}]}"""));
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        (await SendAsync(delivery, Examples.Batch("[{},{},{}]"))).ShouldBe(new DeliveryEnd(true, 1));

        _ledger.Notes.ShouldBe(["refuse 101: no such tenant", "finish 100..103"]);
    }

    [Fact]
    public async Task SendAsync_ReceiverNamesWhatItRefusesAndHasTakenNothing_TheOthersAreSentWithoutBisecting()
    {
        await using var receiver = await Receiver.StartAsync(
            static (request, context) => Encoding.UTF8.GetString(request.Body) == "[0,1,2,3,4]"
                ? Answer(context, 422, """{"refused":[{"index":0,"reason":"first"},{"index":3,"reason":"fourth"}]}""")
                : Task.CompletedTask,
            keepOnly2xx: true);
        using var delivery = Delivery(Examples.Settings(receiver.Url));

        (await SendAsync(delivery, Examples.Batch("[0,1,2,3,4]"))).ShouldBe(new DeliveryEnd(true, 3));

        receiver.Requests.Select(r => Encoding.UTF8.GetString(r.Body)).ShouldBe(["[1,2]", "[4]"]);
        _ledger.Notes.ShouldBe(
        [
            "divide 100..105 into 100..101 101..103 103..104 104..105", "refuse 100: first", "finish 100..101", "finish 101..103", "refuse 103: fourth",
            "finish 103..104", "finish 104..105",
        ]);
    }

    [Fact]
    public async Task SendAsync_DeadLetterCannotBeStored_TriesAgainWithoutAskingTheReceiver()
    {
        await using var receiver = await Receiver.StartAsync(static (_, context) => Answer(context, 400));
        using var delivery = Delivery(Examples.Settings(receiver.Url));
        _ledger.RefusalsThatFail = 2;

        var sending = SendAsync(delivery, Examples.Batch());
        for (var i = 0; i < 2; i++) (await _time.PassNextAsync(Limits)).ShouldBe(TimeSpan.FromSeconds(5));

        (await sending).ShouldBe(new DeliveryEnd(true, 1));
        receiver.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task SendAsync_CutUnderLargerLimits_IsDividedBeforeItIsSent()
    {
        await using var receiver = await Receiver.StartAsync();
        var settings = Examples.Settings(receiver.Url);
        using var delivery = Delivery(settings with { Delivery = settings.Delivery with { MaxBatchEvents = 2 } });

        await SendAsync(delivery, Examples.Batch("[0,1,2,3,4]"));

        receiver.Requests.Select(r => Encoding.UTF8.GetString(r.Body)).ShouldBe(["[0,1]", "[2]", "[3,4]"]);
    }

    [Theory]
    [InlineData(404, AttemptOutcome.ServerError, AttemptOutcome.ServerError)]
    [InlineData(500, AttemptOutcome.Gone, AttemptOutcome.Gone)]
    [InlineData(410, AttemptOutcome.RateLimited, AttemptOutcome.RateLimited)]
    public async Task SendAsync_StatusOverride_SaysWhatTheStatusMeans(int status, AttemptOutcome meaning, AttemptOutcome expected)
    {
        await using var receiver = await Receiver.StartAsync((_, context) => Answer(context, status));
        var settings = Examples.Settings(receiver.Url);
        using var delivery = Delivery(settings with { Delivery = settings.Delivery with { StatusOverrides = [new StatusOverride(status, meaning)] } });
        await _noRetries.CancelAsync();

        await SendAsync(delivery, Examples.Batch());

        _failures.Single().Result.Outcome.ShouldBe(expected);
    }

    private static Task Answer(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static string Inflate(byte[] body, string encoding)
    {
        if (encoding == "zstd")
        {
            using var decompressor = new ZstdNet.Decompressor();
            return Encoding.UTF8.GetString(decompressor.Unwrap(body));
        }

        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader.ReadToEnd();
    }

    private BatchDelivery Delivery(IntegrationSettings settings, double jitter = 0, ISecretProtector? secrets = null)
    {
        var services = Examples.Services(_time, secrets);
        var window = SendWindow.For(settings.Delivery, _time);
        return new(settings, services, _ledger, _gate = new DeliveryGate(window, services.Limits, _time), window.Maximum, () => jitter);
    }

    private Task<DeliveryEnd> SendAsync(BatchDelivery delivery, Batch batch) => delivery.SendAsync(batch, ValueTask.CompletedTask, failure =>
    {
        lock (_failures) _failures.Add(failure);
    }, _noRetries.Token, _abort.Token);
}
