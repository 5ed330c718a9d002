using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>A secret of ours cannot be used; the message says which and never holds it.</summary>
internal sealed class CredentialsException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An integration's secrets in the clear, opened once per revision of its settings and kept only in memory.</summary>
/// <remarks>
/// The signature is over the body before compression. What a receiver's code gets to see is mostly inflated already, by its proxy or its web framework, and
/// then the compressed bytes are gone: signed like that, such a receiver could never verify. One that inflates by itself has both.
/// </remarks>
internal sealed class Credentials
{
    /// <summary>Stands where a secret was.</summary>
    public const string Mask = "***";

    private readonly Authentication _authentication;
    private readonly SignatureStyle _style;
    private readonly Opened[] _secrets;

    private Credentials(Authentication authentication, SignatureStyle style, Opened[] secrets)
    {
        _authentication = authentication;
        _style = style;
        _secrets = secrets;
    }

    /// <exception cref="CredentialsException">A secret is missing, malformed, or the key ring cannot open it.</exception>
    public static Credentials Open(IntegrationSettings settings, ISecretProtector protector)
    {
        var authentication = settings.Authentication;
        // A certificate is shown in the handshake, by the connections.
        if (authentication is Authentication.None or Authentication.Certificate) return new(authentication, default, []);

        var style = settings.Delivery.SignatureStyle;
        var secrets = new Opened[settings.Secrets.Count];
        for (var i = 0; i < secrets.Length; i++)
        {
            try
            {
                var text = protector.Unprotect(settings.Secrets[i]);
                if (authentication == Authentication.BearerToken && (!Ascii.IsValid(text) || text.AsSpan().ContainsAny('\r', '\n', '\0')))
                    throw new CredentialsException("The stored secret has characters that a header cannot carry; set the integration's secret again.");
                var isKey = authentication == Authentication.Signature && style == SignatureStyle.StandardWebhooks;
                secrets[i] = new Opened(text, isKey ? StandardWebhooksSignature.Key(text) : Encoding.UTF8.GetBytes(text), settings.Secrets[i].ExpiresAt);
            }
            catch (Exception e) when (e is CryptographicException or FormatException)
            {
                throw new CredentialsException("The stored secret cannot be read; set the integration's secret again.", e);
            }
        }

        return new(authentication, style, secrets);
    }

    /// <summary>Adds what proves that the request is ours.</summary>
    /// <param name="now">Of the attempt: goes into the signature, and decides which secrets are still active.</param>
    /// <exception cref="CredentialsException">No secret is active.</exception>
    public void Sign(HttpRequestHeaders headers, string id, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        switch (_authentication)
        {
            case Authentication.BasicAuth:
                headers.TryAddWithoutValidation("Authorization", "Basic " + Current(now).Base64);
                break;
            case Authentication.BearerToken:
                headers.TryAddWithoutValidation("Authorization", "Bearer " + Current(now).Text);
                break;
            case Authentication.Signature when _style == SignatureStyle.GitHub:
                headers.TryAddWithoutValidation("X-Hub-Signature-256", GitHubSignature.Sign(Current(now).Key, body));
                break;
            case Authentication.Signature:
                var seconds = now.ToUnixTimeSeconds();
                headers.TryAddWithoutValidation("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
                headers.TryAddWithoutValidation("webhook-signature", SignWithAll(id, seconds, body, now));
                break;
        }
    }

    /// <summary>The text without any secret a receiver may have sent back to us.</summary>
    public string Redact(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret.Text, Mask, StringComparison.Ordinal)
                .Replace(secret.Base64, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    private string SignWithAll(string id, long seconds, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var signature = StandardWebhooksSignature.Sign(Current(now).Key, id, seconds, body);
        foreach (var secret in _secrets)
        {
            if (secret != Current(now) && secret.IsActive(now)) signature += " " + StandardWebhooksSignature.Sign(secret.Key, id, seconds, body);
        }

        return signature;
    }

    private Opened Current(DateTimeOffset now)
    {
        foreach (var secret in _secrets)
        {
            if (secret.IsActive(now)) return secret;
        }

        throw new CredentialsException("No secret is active any more; set the integration's secret again.");
    }

    private sealed class Opened(string text, byte[] key, DateTimeOffset? expiresAt)
    {
        public string Text => text;

        public byte[] Key => key;

        public string Base64 { get; } = Convert.ToBase64String(key);

        public bool IsActive(DateTimeOffset now) => expiresAt is null || now < expiresAt;
    }
}
