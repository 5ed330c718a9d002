using Webhook.Server.Receiving;
using Webhook.Testing;

namespace Webhook.Server.Tests.Receiving;

public sealed class SecretLinesTests
{
    [Fact]
    public void Read_File_OneOnEachLine() => Read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n\n  It's a Secret to Everybody \n").ShouldBe(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "It's a Secret to Everybody"]);

    [Fact]
    public void Read_Empty_SaysSo() => Should.Throw<InvalidDataException>(() => Read("\n \n")).Message.ShouldEndWith("holds no secret; write one on each line.");

    [Fact]
    public void Read_Malformed_NamesWhichAndNotTheSecret()
    {
        var message = Should.Throw<InvalidDataException>(() => Read("good\nwhsec_never told")).Message;
        message.ShouldEndWith(": secret 2 begins with whsec_ and must go on with base64.");
        message.ShouldNotContain("never told");
    }

    [Fact]
    public void Read_NeitherFileNorVariable_IsNone() => SecretLines.Read(null, "WEBHOOK_TEST_NO_SUCH_VARIABLE").ShouldBeEmpty();

    private static IReadOnlyList<string> Read(string content)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "secrets");
        File.WriteAllText(file, content);
        return SecretLines.Read(file, "WEBHOOK_TEST_NO_SUCH_VARIABLE");
    }
}
