using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Webhook.Server.Receiving;

namespace Webhook.Server.Tests.Receiving;

/// <summary>With the vectors of Standard Webhooks and GitHub.</summary>
public sealed class RequestVerifierTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private const long SignedAt = 1614265330;

    [Theory]
    [InlineData(Signature)]
    [InlineData("v1,AAAA " + Signature)]
    [InlineData(Signature + " v1a,AAAA")]
    public void Verify_SignatureFits_Passes(string signature) =>
        Verify(Signed(signature: signature), secrets: Secret).ShouldBe([new Verdict("signature", null), new Verdict("timestamp", null)]);

    [Fact]
    public void Verify_OneOfSeveralSecrets_IsEnough() => Verify(Signed(), secrets: [Other, Secret]).ShouldAllBe(verdict => verdict.Passed);

    [Theory]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("")]
    public void Verify_SignatureDoesNotFit_Fails(string signature)
    {
        Verify(Signed(signature: signature), secrets: Secret)[0].Reason.ShouldNotBeNull().ShouldStartWith("it does not fit the secret; it must be over \"id.timestamp.body\"");
        Verify(Signed(signature: signature), secrets: [Secret, Other])[0].Reason.ShouldNotBeNull().ShouldStartWith("it fits none of the 2 secrets;");
    }

    [Fact]
    public void Verify_BodyChanged_Fails() => Verify(Signed(), body: Body + " ", secrets: Secret)[0].Passed.ShouldBeFalse();

    [Theory]
    [InlineData(300, null)]
    [InlineData(-300, null)]
    [InlineData(301, "it is 301 s old, more than the tolerance of 300 s; compare the clocks")]
    [InlineData(-301, "it is 301 s in the future, more than the tolerance of 300 s; compare the clocks")]
    public void Verify_Timestamp_HasFiveMinutesEitherWay(int later, string? reason) =>
        Verify(Signed(), later: later, secrets: Secret).ShouldBe([new Verdict("signature", null), new Verdict("timestamp", reason)]);

    [Theory]
    [InlineData("", "timestamp", "the header webhook-timestamp is missing")]
    [InlineData("soon", "timestamp", "the header webhook-timestamp is not a number of seconds")]
    [InlineData("99999999999999999999", "timestamp", "the header webhook-timestamp is not a number of seconds")]
    public void Verify_TimestampUnreadable_Fails(string timestamp, string check, string reason) =>
        Verify(Signed(timestamp: timestamp), secrets: Secret).ShouldBe([new Verdict(check, reason)]);

    [Fact]
    public void Verify_HugeTimestamp_FailsAndDoesNotThrow() =>
        Verify(Signed(timestamp: long.MaxValue.ToString(CultureInfo.InvariantCulture)), secrets: Secret).ShouldAllBe(verdict => !verdict.Passed);

    [Fact]
    public void Verify_IdMissingOrTooLong_Fails()
    {
        Verify(Signed(id: ""), secrets: Secret).ShouldBe([new Verdict("signature", "the header webhook-id is missing")]);
        Verify(Signed(id: new string('x', 201)), secrets: Secret).ShouldBe([new Verdict("signature", "the header webhook-id is longer than 200 characters")]);
    }

    [Fact]
    public void Verify_GitHub_VectorPasses()
    {
        var headers = new HeaderDictionary { ["X-Hub-Signature-256"] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" };
        Verify(headers, body: "Hello, World!", secrets: ["It's a Secret to Everybody"]).ShouldBe([new Verdict("signature", null)]);
        Verify(headers, body: "Hello, World?", secrets: ["It's a Secret to Everybody"]).ShouldHaveSingleItem().Passed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==", "basic", null)]
    [InlineData("basic dXNlcjpwYXNzd29yZA==", "basic", null)]
    [InlineData("Basic dXNlcjp3cm9uZw==", "basic", "the user or the password is wrong")]
    [InlineData("Bearer user:password", "bearer", null)]
    [InlineData("Bearer user:passwor", "bearer", "the token is wrong")]
    [InlineData("Digest x", "authentication", "it carries no proof: none of webhook-signature, X-Hub-Signature-256, Authorization with Basic or Bearer")]
    [InlineData("", "authentication", "it carries no proof: none of webhook-signature, X-Hub-Signature-256, Authorization with Basic or Bearer")]
    public void Verify_Authorization_IsCompared(string authorization, string check, string? reason) =>
        Verify(new HeaderDictionary { ["Authorization"] = authorization }, secrets: ["other:one", "user:password"]).ShouldBe([new Verdict(check, reason)]);

    [Fact]
    public void Verify_NoSecret_ChecksNothing() => Verify(Signed(signature: "v1,wrong"), secrets: []).ShouldBeEmpty();

    private static HeaderDictionary Signed(string id = Id, string? timestamp = null, string signature = Signature) => new()
    {
        ["webhook-id"] = id,
        ["webhook-timestamp"] = timestamp ?? SignedAt.ToString(CultureInfo.InvariantCulture),
        ["webhook-signature"] = signature,
    };

    private static IReadOnlyList<Verdict> Verify(HeaderDictionary headers, string body = Body, int later = 0, params string[] secrets)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(SignedAt + later));
        return new RequestVerifier(secrets, time).Verify(headers, Encoding.UTF8.GetBytes(body));
    }
}
