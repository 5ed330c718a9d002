using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Webhook.Server.Ingest;

namespace Webhook.Server.Tests.Ingest;

public sealed class InflaterTests
{
    private const int Limit = 1024 * 1024;

    public static TheoryData<string> Encodings => ["gzip", "br", "zstd"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_AnyContent_GivesItBack(string encoding) =>
        Gen.OneOf(Gen.Byte.Array[0, 3000], Gen.Select(Gen.Byte, Gen.Int[0, 300_000]).Select((value, length) => Enumerable.Repeat(value, length).ToArray())).Sample(
            content => Inflate(encoding, Compressed.As(encoding, content)) is (InflateResult.Done, { } inflated) && inflated.AsSpan().SequenceEqual(content),
            iter: 100);

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_CutOffAnywhere_IsCorrupt(string encoding)
    {
        var whole = Compressed.As(encoding, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 30).Select(i => $"{{\"a\":{i}}}\n"))));
        for (var length = 1; length < whole.Length; length++)
        {
            Inflate(encoding, whole[..length]).Result.ShouldBe(InflateResult.Corrupt, $"{encoding} cut off to {length} of {whole.Length} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_SomethingBehind_IsCorrupt(string encoding)
    {
        byte[] body = [.. Compressed.As(encoding, "{}"u8), .. "junk"u8];

        Inflate(encoding, body).Result.ShouldBe(InflateResult.Corrupt);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_NotCompressed_IsCorrupt(string encoding) =>
        Inflate(encoding, """{"a":"plain text, which no encoding starts like"}"""u8.ToArray()).Result.ShouldBe(InflateResult.Corrupt);

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_AnyBytes_NeverThrows(string encoding) =>
        Gen.Select(Gen.Byte.Array[1, 200], Gen.Bool, Gen.Int[0, 60], Gen.Byte).Sample((bytes, damaged, at, value) =>
        {
            var body = damaged ? Compressed.As(encoding, bytes) : bytes;
            body[at % body.Length] = value;
            Inflate(encoding, body);
        });

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Inflate_SeveralMembers_JoinsThem(string encoding)
    {
        byte[] body = [.. Compressed.As(encoding, "{}\n"u8), .. Compressed.As(encoding, "[]"u8)];

        var (result, inflated) = Inflate(encoding, body);

        result.ShouldBe(InflateResult.Done);
        Encoding.UTF8.GetString(inflated!).ShouldBe("{}\n[]");
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_AtAndOverTheLimit_StopsAtTheNextByte(string encoding)
    {
        var content = RandomNumberGenerator.GetBytes(Limit + 1);

        Inflate(encoding, Compressed.As(encoding, content.AsSpan(0, Limit))).Result.ShouldBe(InflateResult.Done);
        Inflate(encoding, Compressed.As(encoding, content)).Result.ShouldBe(InflateResult.TooLarge);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Inflate_Bomb_StopsAtTheLimitWithLittleMemory(string encoding)
    {
        var bomb = Compressed.Bomb(encoding, 512L * 1024 * 1024);
        Inflate(encoding, bomb);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var residentBefore = Environment.WorkingSet;

        Inflate(encoding, bomb).Result.ShouldBe(InflateResult.TooLarge);

        // The pool keeps buffers of the sizes that came before: what is left is the copy that this test makes.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 * Limit + (4 * bomb.Length));
        (Environment.WorkingSet - residentBefore).ShouldBeLessThan(32 * Limit);
    }

    private static (InflateResult Result, byte[]? Content) Inflate(string encoding, byte[] body)
    {
        using var sent = new PooledBody(body.Length, body.Length);
        sent.Reserve(body.Length);
        body.CopyTo(sent.Array, 0);
        sent.Advance(body.Length);
        ContentEncodings.TryParse(encoding, out var parsed).ShouldBeTrue();
        var result = Inflater.Inflate(parsed, sent, Limit, out var inflated);
        using (inflated) return (result, inflated?.Bytes.ToArray());
    }
}
