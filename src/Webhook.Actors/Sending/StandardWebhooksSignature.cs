using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Webhook.Actors.Sending;

/// <summary>
/// Standard Webhooks 1.0.0, symmetric: <c>v1,base64(HMAC-SHA256(key, id "." unix-seconds "." body))</c>
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
/// </summary>
internal static class StandardWebhooksSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The key a secret stands for: <c>whsec_</c> and base64, or else the secret's own UTF-8 bytes.</summary>
    /// <exception cref="FormatException">What follows <c>whsec_</c> is not base64.</exception>
    public static byte[] Key(string secret) => secret.StartsWith(Prefix, StringComparison.Ordinal)
        ? Convert.FromBase64String(secret[Prefix.Length..])
        : Encoding.UTF8.GetBytes(secret);

    /// <param name="id">Printable ASCII, at most 200 characters; ours are much shorter.</param>
    public static string Sign(ReadOnlySpan<byte> key, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        Span<byte> prefix = stackalloc byte[256];
        if (!Utf8.TryWrite(prefix, $"{id}.{unixSeconds}.", out var prefixLength))
            throw new ArgumentException($"A batch id has at most 200 characters, not {id.Length}.", nameof(id));

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(prefix[..prefixLength]);
        hmac.AppendData(body);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        return "v1," + Convert.ToBase64String(hash);
    }
}
