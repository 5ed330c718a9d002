using CsCheck;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

public sealed class DeadLetterRecordTests
{
    private static readonly Gen<DeadLetter> AnyLetter = Gen.Select(
        Gen.String, Gen.Byte.Array, Gen.Long, Gen.String, Gen.Int[100, 599], Gen.String, Gen.DateTime)
        .Select((channel, json, acceptedAt, reason, status, answer, refusedAt) => new DeadLetter(
            7, new DeadLetterId(1, 2), channel, json, acceptedAt, reason, status % 5 == 0 ? null : status, status % 7 == 0 ? null : answer,
            new DateTimeOffset(refusedAt.Ticks, TimeSpan.Zero)));

    [Fact]
    public void TryOpen_WhatWasWritten_IsTheSame() => AnyLetter.Sample(letter =>
    {
        DeadLetterRecord.TryOpen(DeadLetterRecord.Write(letter), out var record).ShouldBeTrue();
        record.RefusedAt.ShouldBe(letter.RefusedAt.UtcTicks);
        var read = record.ToLetter(7, letter.Id);
        read.Event.ToArray().ShouldBe(letter.Event.ToArray());

        // A lone half of a pair of surrogates has no UTF-8.
        (read with { Event = default }).ShouldBe(letter with { Event = default, Channel = Utf8(letter.Channel), Reason = Utf8(letter.Reason), Answer = letter.Answer is null ? null : Utf8(letter.Answer) });
    });

    [Fact]
    public void TryOpen_AnyBitFlippedOrAnyEndCutOff_IsDamaged() => Gen.Select(AnyLetter, Gen.Int[0, int.MaxValue], Gen.Bool).Sample((letter, at, flips) =>
    {
        var value = DeadLetterRecord.Write(letter);
        if (flips) value[at % value.Length] ^= (byte)(1 << (at % 8));
        else value = value[..(at % value.Length)];
        DeadLetterRecord.TryOpen(value, out _).ShouldBeFalse();
    });

    [Theory]
    [InlineData("0-123456", 0, 123456)]
    [InlineData("65535-9223372036854775807", 65_535, long.MaxValue)]
    public void TryParse_AnId_TheSame(string text, int partition, long sequence)
    {
        DeadLetterId.TryParse(text, out var id).ShouldBeTrue();
        id.ShouldBe(new DeadLetterId(partition, sequence));
        id.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("65536-1")]
    [InlineData("0-9223372036854775808")]
    [InlineData("0--1")]
    [InlineData(" 0-1")]
    public void TryParse_NoId_False(string text) => DeadLetterId.TryParse(text, out _).ShouldBeFalse();

    private static string Utf8(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
