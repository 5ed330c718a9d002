using System.Text;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class CredentialsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1614265330);
    private readonly ReversingProtector _protector = new();

    [Theory]
    [InlineData(Authentication.BasicAuth, "user:pass", "Basic dXNlcjpwYXNz")]
    [InlineData(Authentication.BearerToken, "t0ken", "Bearer t0ken")]
    public void Sign_HeaderAuthentication_SetsAuthorizationOnly(Authentication authentication, string secret, string expected)
    {
        var headers = Sign(authentication, SignatureStyle.StandardWebhooks, "{}", _protector.Protect(secret));

        headers.ShouldBe([$"Authorization: {expected}"]);
    }

    [Fact]
    public void Sign_None_SetsNothing() => Sign(Authentication.None, default, "{}").ShouldBeEmpty();

    [Fact]
    public void Sign_GitHubStyle_SetsOneHeader() =>
        Sign(Authentication.Signature, SignatureStyle.GitHub, "Hello, World!", _protector.Protect("It's a Secret to Everybody"))
            .ShouldBe(["X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"]);

    [Fact]
    public void Sign_SeveralActiveSecrets_AllSignNewestFirstAndExpiredOnesDoNot()
    {
        var body = "{\"test\": 2432232314}";
        var newest = _protector.Protect("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var old = _protector.Protect("old") with { ExpiresAt = Now.AddSeconds(1) };
        var expired = _protector.Protect("expired") with { ExpiresAt = Now };

        var headers = Sign(Authentication.Signature, SignatureStyle.StandardWebhooks, body, newest, old, expired);

        var second = StandardWebhooksSignature.Sign("old"u8, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes(body));
        headers.ShouldBe(["webhook-timestamp: 1614265330", $"webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= {second}"]);
    }

    [Fact]
    public void Sign_EverySecretExpired_SaysSo() =>
        Should.Throw<CredentialsException>(() => Sign(Authentication.BearerToken, default, "{}", _protector.Protect("t") with { ExpiresAt = Now }))
            .Message.ShouldBe("No secret is active any more; set the integration's secret again.");

    [Fact]
    public void Open_KeyRingLostTheKey_SaysSoWithoutTheSecret() =>
        Should.Throw<CredentialsException>(() => Sign(Authentication.BearerToken, default, "{}", new StoredSecret("lost")))
            .Message.ShouldBe("The stored secret cannot be read; set the integration's secret again.");

    [Theory]
    [InlineData("süß")]
    [InlineData("a\r\nX-Evil: b")]
    public void Open_BearerTokenNoHeaderCanCarry_IsRefused(string secret) =>
        Should.Throw<CredentialsException>(() => Sign(Authentication.BearerToken, default, "{}", _protector.Protect(secret)))
            .Message.ShouldBe("The stored secret has characters that a header cannot carry; set the integration's secret again.");

    [Fact]
    public void Sign_CertificateAuthentication_AddsNothing() => Sign(Authentication.Certificate, default, "{}").ShouldBeEmpty();

    [Fact]
    public void Redact_SecretSentBack_IsHidden()
    {
        var credentials = Open(Authentication.BasicAuth, default, _protector.Protect("user:pass"));

        credentials.Redact("you sent Basic dXNlcjpwYXNz, that is user:pass").ShouldBe("you sent Basic ***, that is ***");
    }

    private Credentials Open(Authentication authentication, SignatureStyle style, params StoredSecret[] secrets) => Credentials.Open(
        Examples.Settings() with { Authentication = authentication, Secrets = secrets, Delivery = new DeliverySettings { SignatureStyle = style } }, _protector);

    private List<string> Sign(Authentication authentication, SignatureStyle style, string body, params StoredSecret[] secrets)
    {
        using var request = new HttpRequestMessage();
        Open(authentication, style, secrets).Sign(request.Headers, "msg_p5jXN8AQM9LWM0D4loKWxJek", Encoding.UTF8.GetBytes(body), Now);
        return [.. request.Headers.Select(h => $"{h.Key}: {string.Join("|", h.Value)}")];
    }
}
