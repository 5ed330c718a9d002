using System.Text;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class StandardWebhooksSignatureTests
{
    [Fact]
    public void Sign_VectorOfTheSpecification_Matches() => StandardWebhooksSignature.Sign(
            StandardWebhooksSignature.Key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8)
        .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Fact]
    public void Key_WithoutPrefix_IsTheSecretsOwnBytes() => StandardWebhooksSignature.Key("süß").ShouldBe(Encoding.UTF8.GetBytes("süß"));

    [Fact]
    public void Key_PrefixWithoutBase64_Throws() => Should.Throw<FormatException>(() => StandardWebhooksSignature.Key("whsec_no base64!"));

    [Fact]
    public void Sign_GitHubVector_Matches() => GitHubSignature.Sign("It's a Secret to Everybody"u8, "Hello, World!"u8)
        .ShouldBe("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}
