using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Sending;

/// <summary>Settings as they might be stored, past every validation: what would break a request's lines, or take the place of a header of ours, does not leave.</summary>
public sealed class HeaderInjectionTests
{
    [Theory]
    [InlineData("X-Team", "blue\r\nX-Evil: 1", "the custom header 'X-Team' cannot be sent: its value has the character U+000D at index 4; only visible ASCII, spaces and tabs")]
    [InlineData("X-Team", "blue\nX-Evil: 1", "the custom header 'X-Team' cannot be sent: its value has the character U+000A at index 4; only visible ASCII, spaces and tabs")]
    [InlineData("X-Team", "blue\0", "the custom header 'X-Team' cannot be sent: its value has the character U+0000 at index 4; only visible ASCII, spaces and tabs")]
    // Latin-1 would cut this to CR and LF.
    [InlineData("X-Team", "\u010d\u010aX-Evil: 1", "the custom header 'X-Team' cannot be sent: its value has the character U+010D at index 0; only visible ASCII, spaces and tabs")]
    [InlineData("X-Evil: 1\r\nX-Team", "blue", "a custom header cannot be sent: its name 'X-Evil: 1\\u000d\\u000aX-Team' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only")]
    [InlineData("X-Team:", "blue", "a custom header cannot be sent: its name 'X-Team:' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only")]
    [InlineData("", "blue", "a custom header cannot be sent: its name is empty; give the header's name")]
    [InlineData("Transfer-Encoding", "chunked", "a custom header cannot be sent: its name 'Transfer-Encoding' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-Transfer-Encoding")]
    [InlineData("Content-Length", "1", "a custom header cannot be sent: its name 'Content-Length' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-Content-Length")]
    [InlineData("Host", "inside", "a custom header cannot be sent: its name 'Host' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-Host")]
    [InlineData("webhook-signature", "v1,forged", "a custom header cannot be sent: its name 'webhook-signature' is set by deliveries themselves; use another name")]
    public async Task A_custom_header_that_is_no_line_of_its_own_is_refused(string key, string value, string error)
    {
        await using var receiver = await Receiver.StartAsync();

        var result = await AttemptAsync(Examples.Settings(receiver.Url) with { Headers = [new CustomHeader("X-Fine", "1"), new CustomHeader(key, value)] });

        result.Bare().ShouldBe(new AttemptResult(AttemptOutcome.Misconfigured, Error: error));
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bearer_token_with_a_line_break_is_refused()
    {
        await using var receiver = await Receiver.StartAsync();

        var result = await AttemptAsync(Examples.Settings(receiver.Url) with
        {
            Authentication = Authentication.BearerToken,
            Secrets = [new ReversingProtector().Protect("t0ken\r\nX-Evil: 1")],
        });

        result.Bare().ShouldBe(new AttemptResult(
            AttemptOutcome.CredentialsUnusable, Error: "The stored secret has characters that a header cannot carry; set the integration's secret again."));
        receiver.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Authentication.BasicAuth, "user:pass\r\nX-Evil: 1")]
    [InlineData(Authentication.Signature, "key\r\nX-Evil: 1")]
    public async Task A_secret_that_is_encoded_or_signs_cannot_break_a_line(Authentication authentication, string secret)
    {
        await using var receiver = await Receiver.StartAsync();

        var result = await AttemptAsync(Examples.Settings(receiver.Url) with { Authentication = authentication, Secrets = [new ReversingProtector().Protect(secret)] });

        result.Outcome.ShouldBe(AttemptOutcome.Delivered);
        receiver.Requests.Single().Headers.Keys.ShouldNotContain("X-Evil");
    }

    [Theory]
    [InlineData("\r\nX-Evil: 1")]
    [InlineData("\n")]
    [InlineData("\0")]
    public async Task A_batch_id_with_a_line_break_is_refused(string tail)
    {
        await using var receiver = await Receiver.StartAsync();
        using var batch = Examples.Batch(idSuffix: tail);
        var settings = Examples.Settings(receiver.Url);
        using var sender = new AttemptSender(settings, Examples.Services(), connections: 1);
        using var body = EncodedBody.Encode(batch.Body, RequestCompression.None);

        var result = await sender.AttemptAsync(batch, body, CancellationToken.None);

        result.Bare().ShouldBe(new AttemptResult(AttemptOutcome.Misconfigured, Error: "the header 'webhook-id' cannot be sent: its value holds a line break or NUL"));
        receiver.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/a\r\nX-Evil: 1\r\n\r\nb", "/a%0D%0AX-Evil:%201%0D%0A%0D%0Ab")]
    [InlineData("/a HTTP/1.1\r\nX-Evil: 1", "/a%20HTTP/1.1%0D%0AX-Evil:%201")]
    [InlineData("/?q=\r\nX-Evil: 1", "/?q=%0D%0AX-Evil:%201")]
    [InlineData("/\u010d\u010aX-Evil:1", "/%C4%8D%C4%8AX-Evil:1")]
    [InlineData("/a\0b", "/a%00b")]
    public async Task An_endpoint_with_odd_characters_stays_one_line(string path, string sent)
    {
        var head = new TaskCompletionSource<string>();
        await using var receiver = SocketReceiver.Start(async (connection, cancellation) =>
        {
            head.SetResult(await SocketReceiver.ReadRequestAsync(connection, cancellation));
            await SocketReceiver.WriteAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", cancellation);
        });

        (await AttemptAsync(Examples.Settings(new Uri($"http://127.0.0.1:{receiver.Port}{path}")))).Outcome.ShouldBe(AttemptOutcome.Delivered);

        var lines = (await head.Task).Split("\r\n");
        lines[0].ShouldBe($"POST {sent} HTTP/1.1");
        lines.ShouldNotContain(static line => line.StartsWith("X-Evil", StringComparison.Ordinal));
    }

    private static Task<AttemptResult> AttemptAsync(IntegrationSettings settings) => Examples.AttemptAsync(settings, Examples.Services());
}
