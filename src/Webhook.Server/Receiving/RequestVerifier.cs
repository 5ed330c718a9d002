using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Webhook.Actors.Sending;

namespace Webhook.Server.Receiving;

/// <summary>Decides whether a request comes from somebody who knows one of the secrets, by the proof that it carries.</summary>
internal sealed class RequestVerifier
{
    /// <summary>How far a signed request's time may be from ours, either way; what the libraries of Standard Webhooks allow.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    private readonly Key[] _secrets;
    private readonly TimeProvider _time;

    /// <param name="secrets">Checked by <see cref="SecretLines"/>. Several while they are rotated: one of them is enough. None: everybody is believed.</param>
    public RequestVerifier(IReadOnlyList<string> secrets, TimeProvider time)
    {
        _secrets = [.. secrets.Select(static text => new Key(Encoding.UTF8.GetBytes(text), StandardWebhooksSignature.Key(text)))];
        _time = time;
    }

    /// <param name="body">Inflated: what was signed.</param>
    /// <returns>One verdict for each check that was made; none when there is no secret to check with.</returns>
    public IReadOnlyList<Verdict> Verify(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        if (_secrets.Length == 0) return [];
        if (headers.ContainsKey("webhook-signature")) return VerifyStandardWebhooks(headers, body);
        if (headers.TryGetValue("X-Hub-Signature-256", out var github)) return [VerifyGitHub(github.ToString(), body)];
        var authorization = headers.Authorization.ToString();
        if (authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return [Compare("basic", authorization[Basic.Length..], static secret => Convert.ToBase64String(secret.Text), "the user or the password is wrong")];
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return [Compare("bearer", authorization[Bearer.Length..], static secret => Encoding.UTF8.GetString(secret.Text), "the token is wrong")];
        return [new Verdict("authentication", "it carries no proof: none of webhook-signature, X-Hub-Signature-256, Authorization with Basic or Bearer")];
    }

    private Verdict[] VerifyStandardWebhooks(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var id = headers["webhook-id"].ToString();
        if (id.Length is 0 or > 200) return [new Verdict("signature", id.Length == 0 ? "the header webhook-id is missing" : "the header webhook-id is longer than 200 characters")];
        var text = headers["webhook-timestamp"].ToString();
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return [new Verdict("timestamp", text.Length == 0 ? "the header webhook-timestamp is missing" : "the header webhook-timestamp is not a number of seconds")];

        var signed = headers["webhook-signature"].ToString();
        var signature = new Verdict("signature", $"it {Misfit}; it must be over \"id.timestamp.body\", the body before compression");
        foreach (var secret in _secrets)
        {
            var expected = StandardWebhooksSignature.Sign(secret.Signing, id, seconds, body);
            // Every one of them, also those of other versions: each is compared in the same time.
            foreach (var one in signed.Split(' '))
            {
                if (AreEqual(one, expected)) signature = new Verdict("signature", null);
            }
        }

        return [signature, VerifyTime(seconds)];
    }

    private Verdict VerifyTime(long seconds)
    {
        var off = (double)_time.GetUtcNow().ToUnixTimeSeconds() - seconds;
        if (Math.Abs(off) <= Tolerance.TotalSeconds) return new Verdict("timestamp", null);
        var where = off > 0 ? "old" : "in the future";
        return new Verdict("timestamp", string.Create(
            CultureInfo.InvariantCulture, $"it is {Math.Abs(off):0} s {where}, more than the tolerance of {Tolerance.TotalSeconds} s; compare the clocks"));
    }

    private Verdict VerifyGitHub(string sent, ReadOnlySpan<byte> body)
    {
        foreach (var secret in _secrets)
        {
            if (AreEqual(sent, GitHubSignature.Sign(secret.Text, body))) return new Verdict("signature", null);
        }

        return new Verdict("signature", $"it {Misfit}; it must be over the body before compression");
    }

    private Verdict Compare(string check, string sent, Func<Key, string> expected, string wrong) =>
        new(check, Array.Exists(_secrets, secret => AreEqual(sent, expected(secret))) ? null : wrong);

    private string Misfit => _secrets.Length == 1 ? "does not fit the secret" : $"fits none of the {_secrets.Length} secrets";

    private static bool AreEqual(string sent, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(expected));

    /// <param name="Text">As it was written: a password, a token, GitHub's key.</param>
    /// <param name="Signing">What stands for it in Standard Webhooks.</param>
    private readonly record struct Key(byte[] Text, byte[] Signing);
}
