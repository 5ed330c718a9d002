using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Webhook.Actors.EventLog;
using Webhook.Server.Ingest;

namespace Webhook.Server.Tests.Ingest;

public sealed class IdempotencyHeaderTests
{
    private const string Producer = "producer";

    [Fact]
    public void TryRead_NoHeader_IsNoKey()
    {
        IdempotencyHeader.TryRead(Request(null), Producer, out var key).ShouldBeTrue();

        key.ShouldBeNull();
    }

    [Fact]
    public void TryRead_SameProducerAndValue_IsTheSameKey() => Key("a", "one").ShouldBe(Key("a", "one"));

    [Theory]
    [InlineData("a", "two")]
    [InlineData("b", "one")]
    [InlineData("aone", "")]
    public void TryRead_AnotherProducerOrValue_IsAnotherKey(string producer, string value) => Key(producer, value + " ").ShouldNotBe(Key("a", "one "));

    [Fact]
    public void TryRead_LongestValue_IsTaken() => IdempotencyHeader.TryRead(Request(new string('~', 255)), Producer, out _).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("\u007f")]
    [InlineData("é")]
    [InlineData("a\tb")]
    public void TryRead_UnprintableOrEmpty_IsRefused(string value) => IdempotencyHeader.TryRead(Request(value), Producer, out _).ShouldBeFalse();

    [Fact]
    public void TryRead_TooLongOrSentTwice_IsRefused()
    {
        IdempotencyHeader.TryRead(Request(new string('k', 256)), Producer, out _).ShouldBeFalse();
        IdempotencyHeader.TryRead(Request(new StringValues(["a", "b"])), Producer, out _).ShouldBeFalse();
    }

    [Fact]
    public void HashOf_ChannelPartialOrBodyDiffers_Differs()
    {
        UInt128[] hashes =
        [
            IdempotencyHeader.HashOf("A", false, "x"u8), IdempotencyHeader.HashOf("B", false, "x"u8), IdempotencyHeader.HashOf("A", true, "x"u8),
            IdempotencyHeader.HashOf("A", false, "y"u8), IdempotencyHeader.HashOf("A", false, ""u8), IdempotencyHeader.HashOf("Ax", false, ""u8),
        ];

        hashes.ShouldBeUnique();
        IdempotencyHeader.HashOf("A", false, "x"u8).ShouldBe(hashes[0]);
    }

    private static IdempotencyKey Key(string producer, string value)
    {
        IdempotencyHeader.TryRead(Request(value), producer, out var key).ShouldBeTrue();
        return key!.Value;
    }

    private static HttpRequest Request(StringValues? value)
    {
        var context = new DefaultHttpContext();
        if (value is { } header) context.Request.Headers[IdempotencyHeader.Name] = header;
        return context.Request;
    }
}
