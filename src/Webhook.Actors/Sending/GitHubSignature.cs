using System.Security.Cryptography;

namespace Webhook.Actors.Sending;

/// <summary>
/// The signature GitHub's webhooks carry: <c>X-Hub-Signature-256: sha256=hex(HMAC-SHA256(secret, body))</c>
/// (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries). It knows neither id nor time, and one secret only.
/// </summary>
internal static class GitHubSignature
{
    public static string Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, hash);
        return "sha256=" + Convert.ToHexStringLower(hash);
    }
}
