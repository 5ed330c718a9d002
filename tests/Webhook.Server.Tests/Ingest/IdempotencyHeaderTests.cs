using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Webhook.Actors.EventLog;
using Webhook.Server.Ingest;

namespace Webhook.Server.Tests.Ingest;

public sealed class IdempotencyHeaderTests
{
    [Fact]
    public void TryRead_NoHeader_IsNoKey()
    {
        IdempotencyHeader.TryRead(Request(null), out var key).ShouldBeTrue();

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
    public void TryRead_LongestValue_IsTaken() => IdempotencyHeader.TryRead(Request(new string('~', 255)), out _).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("\u007f")]
    [InlineData("é")]
    [InlineData("a\tb")]
    public void TryRead_UnprintableOrEmpty_IsRefused(string value) => IdempotencyHeader.TryRead(Request(value), out _).ShouldBeFalse();

    [Fact]
    public void TryRead_TooLongOrSentTwice_IsRefused()
    {
        IdempotencyHeader.TryRead(Request(new string('k', 256)), out _).ShouldBeFalse();
        IdempotencyHeader.TryRead(Request(new StringValues(["a", "b"])), out _).ShouldBeFalse();
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
        IdempotencyHeader.TryRead(Request(value, producer), out var key).ShouldBeTrue();
        return key!.Value;
    }

    private static HttpRequest Request(StringValues? value, string producer = "producer")
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, producer)], "test")) };
        if (value is { } header) context.Request.Headers[IdempotencyHeader.Name] = header;
        return context.Request;
    }
}
