using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

public class CustomHeaderRulesTests
{
    [Theory]
    [InlineData("X-Team")]
    [InlineData("x")]
    [InlineData("X-Api-Key")]
    [InlineData("X-Webhook")]
    [InlineData("Webhook-Team")]
    [InlineData("Secret")]
    [InlineData("Proxy")]
    [InlineData("!#$%&'*+-.^_`|~")]
    public void CheckName_NameOfOnesOwn_IsTaken(string name) => CustomHeaderRules.CheckName(name).ShouldBeNull();

    [Theory]
    [InlineData("", "is empty; give the header's name")]
    [InlineData(":path", "':path' is a pseudo-header of HTTP/2, which only the protocol sets; use another name")]
    [InlineData("X Team", "'X Team' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only")]
    [InlineData("X-Team:", "'X-Team:' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only")]
    [InlineData("X-\r\nHost", "'X-\\u000d\\u000aHost' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only")]
    [InlineData("X-Größe", "'X-Gr\\u00f6\\u00dfe' is not an HTTP token (RFC 9110): letters, digits and !#$%&'*+-.^_`|~ only")]
    [InlineData("Webhook-ID", "'Webhook-ID' is set by deliveries themselves; use another name")]
    [InlineData("webhook-timestamp", "'webhook-timestamp' is set by deliveries themselves; use another name")]
    [InlineData("WEBHOOK-SIGNATURE", "'WEBHOOK-SIGNATURE' is set by deliveries themselves; use another name")]
    [InlineData("x-hub-signature", "'x-hub-signature' is set by deliveries themselves; use another name")]
    [InlineData("X-Hub-Signature-256", "'X-Hub-Signature-256' is set by deliveries themselves; use another name")]
    [InlineData("x-webhook-events", "'x-webhook-events' is set by deliveries themselves; use another name")]
    [InlineData("Proxy-Anything", "'Proxy-Anything' is for proxies (Proxy-*); use another name")]
    [InlineData("proxy-authorization", "'proxy-authorization' is for proxies (Proxy-*); use another name")]
    [InlineData("SEC-Fetch-Mode", "'SEC-Fetch-Mode' is for browsers (Sec-*); use another name")]
    [InlineData("authorization", "'authorization' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-authorization")]
    [InlineData("Content-Type", "'Content-Type' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-Content-Type")]
    [InlineData("HOST", "'HOST' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-HOST")]
    public void CheckName_ForbiddenName_SaysWhichAndWhy(string name, string why) => CustomHeaderRules.CheckName(name).ShouldBe(why);

    [Fact]
    public void CheckName_TooLong_SaysTheLimit() => CustomHeaderRules.CheckName(new string('x', 257)).ShouldBe("has 257 characters; at most 256");

    [Fact]
    public void CheckName_EveryNameOfTheRegistry_IsRefused()
    {
        using var stream = typeof(CustomHeaderRules).Assembly.GetManifestResourceStream("Webhook.Actors.Integrations.http-field-names.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines[0].ShouldStartWith("# IANA HTTP Field Name Registry");
        lines.Length.ShouldBeGreaterThan(200);
        lines.Skip(1).Where(name => CustomHeaderRules.CheckName(name.ToUpperInvariant()) is null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("blue team")]
    [InlineData("a\tb")]
    [InlineData("~!")]
    public void CheckValue_VisibleAscii_IsTaken(string value) => CustomHeaderRules.CheckValue(value).ShouldBeNull();

    [Theory]
    [InlineData("a\rb", "has the character U+000D at index 1; only visible ASCII, spaces and tabs")]
    [InlineData("a\nb", "has the character U+000A at index 1; only visible ASCII, spaces and tabs")]
    [InlineData("\0", "has the character U+0000 at index 0; only visible ASCII, spaces and tabs")]
    [InlineData("aé", "has the character U+00E9 at index 1; only visible ASCII, spaces and tabs")]
    [InlineData("\u007f", "has the character U+007F at index 0; only visible ASCII, spaces and tabs")]
    [InlineData(" a", "begins or ends with white space, which does not arrive; remove it")]
    [InlineData("a\t", "begins or ends with white space, which does not arrive; remove it")]
    public void CheckValue_Unsendable_SaysWhyAndNotTheValue(string value, string why) => CustomHeaderRules.CheckValue(value).ShouldBe(why);
}
