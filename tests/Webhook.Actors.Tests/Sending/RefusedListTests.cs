using System.Text;
using CsCheck;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class RefusedListTests
{
    [Fact]
    public void Read_NamedEvents_AreGivenByIndexAndOnce() => Read(
        """{"refused":[{"index":17,"reason":"no such tenant"},{"index":3},{"index":17,"reason":"again"}],"more":true}""").ShouldBe(
        [new RefusedEvent(3, "the receiver named no reason"), new RefusedEvent(17, "no such tenant")]);

    [Fact]
    public void Read_ReasonWithLineBreaks_IsOneLineAndBounded()
    {
        var reason = Read($$"""{"refused":[{"index":0,"reason":"a\nb{{new string('x', 5000)}}"}]}""").Single().Reason;

        reason.ShouldStartWith("a b");
        reason.Length.ShouldBe(500);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"refused":7}""")]
    [InlineData("""{"refused":[7,"x",null,{"index":"1"},{"index":-1},{"index":20},{"index":1.5},{"index":99999999999}]}""")]
    [InlineData("""{"refused":[{"index":1}""")]
    public void Read_AnythingElse_NamesNothing(string answer) => Read(answer).ShouldBeEmpty();

    [Fact]
    public void Read_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 200].Sample(bytes => RefusedList.Read(bytes, 20).ShouldAllBe(r => r.Index >= 0 && r.Index < 20));

    private static IReadOnlyList<RefusedEvent> Read(string answer) => RefusedList.Read(Encoding.UTF8.GetBytes(answer), 20);
}
