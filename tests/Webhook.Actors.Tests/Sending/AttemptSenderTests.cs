using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Sending;

/// <summary>What an attempt tells of itself: for the delivery log, and the same for a test.</summary>
public sealed class AttemptSenderTests
{
    private readonly ReversingProtector _protector = new();

    [Fact]
    public async Task AttemptAsync_NewConnectionThenTheSameAgain_PhasesOfWhatReallyHappened()
    {
        await using var receiver = await Receiver.StartAsync(
            listen: static listen => Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions.UseHttps(listen, TestCertificate.Create()));
        using var sender = Sender(Examples.Settings(receiver.Url) with { IsInsecure = true });

        var first = await SendAsync(sender);
        var second = await SendAsync(sender);

        first.Outcome.ShouldBe(AttemptOutcome.Delivered);
        first.Phases.ShouldSatisfyAllConditions(
            p => p.Resolve.ShouldNotBeNull(), p => p.Connect.ShouldNotBeNull(), p => p.Tls!.Value.ShouldBeGreaterThan(0), p => p.Request.ShouldNotBeNull(), p => p.Answer!.Value.ShouldBeGreaterThan(0),
            p => (p.Queue + p.Resolve + p.Connect + p.Tls + p.Request + p.Answer)!.Value.ShouldBeLessThanOrEqualTo(p.Total + 0.01));
        first.Stages.Select(s => s.Name).ShouldBe(["resolve", "address", "connect", "tls", "request", "status"]);
        second.Phases.ShouldSatisfyAllConditions(
            p => p.Resolve.ShouldBeNull(), p => p.Connect.ShouldBeNull(), p => p.Tls.ShouldBeNull(), p => p.Request.ShouldNotBeNull(), p => p.Answer.ShouldNotBeNull());
        second.Stages.Select(s => s.Name).ShouldBe(["request", "status"]);
    }

    [Fact]
    public async Task AttemptAsync_NobodyListens_EndsInConnectAndHeadersAreKnown()
    {
        int port;
        using (var taken = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        }

        using var sender = Sender(Examples.Settings(new Uri($"http://127.0.0.1:{port}/")));
        var detail = await SendAsync(sender);
        detail.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        detail.Stages[^1].ShouldSatisfyAllConditions(s => s.Name.ShouldBe("connect"), s => s.Succeeded.ShouldBeFalse());
        detail.Phases.Request.ShouldBeNull();
        detail.Headers.ShouldContain("webhook-id: msg_7-0-100-100");
    }

    [Fact]
    public async Task AttemptAsync_AnswerOf2xx_IsKept()
    {
        await using var receiver = await Receiver.StartAsync(static (_, context) => context.Response.WriteAsync("queued as 17\n"));
        using var sender = Sender(Examples.Settings(receiver.Url));
        var detail = await SendAsync(sender);
        detail.Answer.ShouldBe("queued as 17 ");
        detail.IsTruncated.ShouldBeFalse();
    }

    [Theory]
    [InlineData(AnswerExcerpt.MaxText, false)]
    [InlineData(AnswerExcerpt.MaxText + 1, true)]
    [InlineData(200_000, true)]
    public async Task AttemptAsync_LongAnswer_CutAndSaidSo(int length, bool isTruncated)
    {
        await using var receiver = await Receiver.StartAsync((_, context) => context.Response.WriteAsync(new string('x', length)));
        using var sender = Sender(Examples.Settings(receiver.Url));
        var detail = await SendAsync(sender);
        detail.Answer!.Length.ShouldBe(AnswerExcerpt.MaxText);
        detail.IsTruncated.ShouldBe(isTruncated);
    }

    [Fact]
    public async Task AttemptAsync_NoAnswerBody_None()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(Examples.Settings(receiver.Url));
        (await SendAsync(sender)).Answer.ShouldBeNull();
    }

    [Fact]
    public async Task AttemptAsync_Headers_AsTheReceiverGotThemWithSecretsMasked()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(Examples.Settings(receiver.Url) with
        {
            Authentication = Authentication.BearerToken,
            Secrets = [_protector.Protect("t0p-secret")],
            Headers = [new CustomHeader("X-Api-Key", "k1"), new CustomHeader("X-Team", "blue"), new CustomHeader("X-Copy", "t0p-secret!"), new CustomHeader("X-PASSWORD", "p")],
        });

        var shown = (await SendAsync(sender, RequestCompression.Gzip)).Headers;

        var sent = receiver.Requests.Single().Headers;
        shown.Select(h => h[..h.IndexOf(':')]).Order(StringComparer.OrdinalIgnoreCase)
            .ShouldBe(sent.Keys.Except(["Host", "Content-Length"]).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        foreach (var masked in (string[])["Authorization: ***", "X-Api-Key: ***", "X-PASSWORD: ***", "X-Copy: ***!", "X-Team: blue", "Content-Encoding: gzip", "X-Webhook-Events: 1"])
            shown.ShouldContain(masked);
    }

    [Theory]
    [InlineData(SignatureStyle.StandardWebhooks, "webhook-signature: ***")]
    [InlineData(SignatureStyle.GitHub, "X-Hub-Signature-256: ***")]
    public async Task AttemptAsync_Signature_IsMasked(SignatureStyle style, string expected)
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = Sender(Examples.Settings(receiver.Url) with
        {
            Authentication = Authentication.Signature,
            Secrets = [_protector.Protect("key")],
            Delivery = new DeliverySettings { SignatureStyle = style },
        });
        (await SendAsync(sender)).Headers.ShouldContain(expected);
    }

    [Fact]
    public void Trace_ConnectionThatComesTooLate_ChangesNothing()
    {
        var time = new FakeTimeProvider();
        var trace = new StageTrace(time);
        time.Advance(TimeSpan.FromMilliseconds(3));
        trace.Start("resolve");
        time.Advance(TimeSpan.FromMilliseconds(5));

        // Another connection became free first.
        trace.Go("request");
        trace.Start("connect");
        trace.Detail("10.0.0.1");
        trace.Connected();
        time.Advance(TimeSpan.FromMilliseconds(7));
        trace.Go("status");
        time.Advance(TimeSpan.FromMilliseconds(11));

        trace.Finish(succeeded: true).Select(s => (s.Name, s.Milliseconds, s.Detail)).ShouldBe([("resolve", 5, null), ("request", 7, null), ("status", 11, null)]);
        trace.Phases().ShouldBe(new AttemptPhases(3, 5, null, null, 7, 11, 26));
    }

    [Fact]
    public void Trace_NothingHappened_AllOfItWasWaiting()
    {
        var time = new FakeTimeProvider();
        var trace = new StageTrace(time);
        time.Advance(TimeSpan.FromMilliseconds(3));
        trace.Finish(succeeded: false).ShouldHaveSingleItem().Name.ShouldBe("request");
        trace.Phases().ShouldBe(new AttemptPhases(3, null, null, null, 0, null, 3));
    }

    [Fact]
    public void FromJson_Damaged_Null() => DeliveryAttempt.FromJson("{\"batch\":"u8).ShouldBeNull();

    private AttemptSender Sender(IntegrationSettings settings) => new(settings, Examples.Services(secrets: _protector), connections: 4);

    private static async Task<Told> SendAsync(AttemptSender sender, RequestCompression compression = RequestCompression.None)
    {
        using var batch = Examples.Batch();
        using var body = EncodedBody.Encode(batch.Body, compression);
        var result = await sender.AttemptAsync(batch, body, CancellationToken.None);
        var attempt = DeliveryAttempt.Of(batch, 1, result);
        attempt.Outcome.ShouldBe(OutcomeRule.Of(result.Outcome).Label);
        return new Told(
            result.Outcome, attempt.Phases, result.Detail!.Stages, attempt.Answer, attempt.AnswerTruncated, [.. attempt.RequestHeaders.Select(h => $"{h.Name}: {h.Value}")]);
    }

    private sealed record Told(
        AttemptOutcome Outcome, AttemptPhases Phases, IReadOnlyList<LaneProtocol.TestStage> Stages, string? Answer, bool IsTruncated, IReadOnlyList<string> Headers);
}
