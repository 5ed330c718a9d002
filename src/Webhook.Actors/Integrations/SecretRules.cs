using System.Buffers.Text;
using System.Security.Cryptography;

namespace Webhook.Actors.Integrations;

/// <summary>What a secret must look like for each way to authenticate. The answers never hold any of it.</summary>
internal static class SecretRules
{
    public const int MaxLength = 4096;
    private const string KeyPrefix = "whsec_";

    /// <summary>A new key for signing: 32 random bytes in the form of Standard Webhooks.</summary>
    public static string NewKey() => KeyPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static bool IsNeeded(Authentication authentication) =>
        authentication is Authentication.BasicAuth or Authentication.BearerToken or Authentication.Signature;

    /// <returns>null, or why the secret cannot be used.</returns>
    public static string? Check(Authentication authentication, SignatureStyle style, string secret)
    {
        if (secret.Length == 0) return "is empty";
        if (secret.Length > MaxLength) return $"has {secret.Length} characters; at most {MaxLength}";
        return authentication switch
        {
            Authentication.BasicAuth => CheckBasic(secret),
            Authentication.BearerToken => secret.AsSpan().ContainsAnyExceptInRange('!', '~') ? "must be visible ASCII without white space for BEARER_TOKEN" : null,
            Authentication.Signature => CheckKey(style, secret),
            _ => throw new ArgumentOutOfRangeException(nameof(authentication), authentication, "takes no secret"),
        };
    }

    private static string? CheckBasic(string secret)
    {
        if (secret.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))) return "must be user:password without white space for BASIC_AUTH";
        return secret.IndexOf(':', StringComparison.Ordinal) < 1 ? "must be user:password for BASIC_AUTH; there is no user before a colon" : null;
    }

    // Standard Webhooks: a key is whsec_ and the base64 of 24 to 64 bytes. Without the prefix, and in GitHub's style, the text itself is the key.
    private static string? CheckKey(SignatureStyle style, string secret)
    {
        if (style != SignatureStyle.StandardWebhooks || !secret.StartsWith(KeyPrefix, StringComparison.Ordinal)) return null;
        if (!Base64.IsValid(secret.AsSpan(KeyPrefix.Length), out var bytes)) return "begins with whsec_ and must go on with base64";
        return bytes is < 24 or > 64 ? $"holds a key of {bytes} bytes after whsec_; 24 to 64 are needed" : null;
    }
}
