using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Webhook.Actors.EventLog;

namespace Webhook.Server.Ingest;

/// <summary>The <c>Idempotency-Key</c> header and what it is compared by. Keys belong to the producer that sent them: two producers may use the same.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>On an answer: nothing was stored now, this is the first request's answer.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private const int MaxLength = 255;

    /// <param name="key">null if the request has none.</param>
    /// <returns>false if the header is there, but wrong.</returns>
    public static bool TryRead(HttpRequest request, string producer, out IdempotencyKey? key)
    {
        key = null;
        if (!request.Headers.TryGetValue(Name, out var values)) return true;
        if (values is not [{ Length: > 0 and <= MaxLength } value] || value.AsSpan().ContainsAnyExceptInRange(' ', '~')) return false;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(producer));
        hash.AppendData("\0"u8);
        hash.AppendData(Encoding.ASCII.GetBytes(value));
        key = new IdempotencyKey(Truncated(hash));
        return true;
    }

    /// <summary>Tells a repetition from another request with the same key. Not XxHash: a producer must not be able to make two bodies look like one.</summary>
    public static UInt128 HashOf(string channel, bool partial, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(channel));
        hash.AppendData(partial ? "\0partial\0"u8 : "\0\0"u8);
        hash.AppendData(body);
        return Truncated(hash);
    }

    private static UInt128 Truncated(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }
}
