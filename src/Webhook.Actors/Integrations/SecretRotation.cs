using System.Globalization;
using System.Text.Json;

namespace Webhook.Actors.Integrations;

/// <summary>The body <c>{"secret" or "generate":true, "overlapMs"?}</c>.</summary>
/// <param name="Secret">Given, or made when <paramref name="Generate"/> is true; null when neither was asked for.</param>
internal sealed record SecretRotationRequest(SecretText? Secret, bool Generate, long? OverlapMs)
{
    /// <returns>null when it is no JSON object; what it holds otherwise, complete as far as <paramref name="errors"/> does not say otherwise.</returns>
    public static SecretRotationRequest? Read(ReadOnlyMemory<byte> body, SettingErrors errors) => RequestObject.ReadBody(body, errors, Read);

    private static SecretRotationRequest? Read(JsonElement body, SettingErrors errors)
    {
        if (RequestObject.Open(body, "", errors, "secret", "generate", "overlapMs") is not { } json) return null;
        var (given, generate) = (json.Text("secret"), json.Flag("generate") ?? false);
        if (given is not null && generate) errors.Add("generate", "is true and a secret is given; one of the two");
        else if (given is null && !generate && !errors.Has("secret") && !errors.Has("generate")) errors.Add("secret", "is missing; give one, or \"generate\":true to have one made");
        var secret = generate ? SecretRules.NewKey() : given;
        return new SecretRotationRequest(secret is null ? null : new SecretText(secret), generate, json.WholeNumber("overlapMs"));
    }
}

/// <summary>
/// A new secret without a gap: it becomes the first, and where several can sign, the old ones go on signing beside it until the overlap ends. So a receiver can be given
/// the new one before or after, at any time of the overlap.
/// </summary>
internal sealed class SecretRotation(ISecretProtector protector)
{
    /// <summary>Each is a signature more in every request.</summary>
    public const int MaxActive = 10;

    public static readonly TimeSpan DefaultOverlap = TimeSpan.FromHours(24);
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(7);

    private const string Secret = "secret";
    private const string Overlap = "overlapMs";

    /// <summary>Those that still sign.</summary>
    public static IReadOnlyList<StoredSecret> Active(IReadOnlyList<StoredSecret> secrets, DateTimeOffset now) =>
        [.. secrets.Where(secret => secret.ExpiresAt is not { } end || now < end)];

    /// <summary>Expired secrets go with the next change that asks for a test anyway; alone they must not, or a change of channels would ask for one.</summary>
    public static IntegrationSettings WithoutExpired(IntegrationSettings current, IntegrationSettings wanted, DateTimeOffset now) =>
        wanted.DeliversLike(current) ? wanted : wanted with { Secrets = Active(wanted.Secrets, now) };

    /// <summary>A new secret, and beside it for the usual overlap those that signed until now, where several can.</summary>
    public static IReadOnlyList<StoredSecret> Beside(StoredSecret secret, IReadOnlyList<StoredSecret> old, IntegrationSettings settings, DateTimeOffset now) =>
        [secret, .. HasRoomForOne(settings) ? [] : Ending(Active(old, now), now + DefaultOverlap).Take(MaxActive - 1)];

    /// <returns>The settings with the new secret; null when <paramref name="errors"/> has any.</returns>
    public IntegrationSettings? Rotate(SecretRotationRequest request, IntegrationSettings settings, DateTimeOffset now, SettingErrors errors)
    {
        if (!SecretRules.IsNeeded(settings.Authentication))
        {
            errors.Add(Secret, "cannot be rotated: the integration's auth has no secret; set auth and secret with PUT");
            return null;
        }

        var overlap = CheckOverlap(request.OverlapMs, settings, errors);
        var old = Active(settings.Secrets, now);
        if (overlap > TimeSpan.Zero && old.Count >= MaxActive)
        {
            errors.Add(Secret, string.Create(
                CultureInfo.InvariantCulture,
                $"{old.Count} secrets are active, at most {MaxActive} may be; the next one ends at {old.Min(static s => s.ExpiresAt):O}. Wait until then, or end all with \"overlapMs\":0"));
        }

        CheckSecret(request, settings, errors);
        if (errors.Any) return null;
        return settings with { Secrets = [protector.Protect(request.Secret!.Reveal()), .. overlap == TimeSpan.Zero ? [] : Ending(old, now + overlap)] };
    }

    private static void CheckSecret(SecretRotationRequest request, IntegrationSettings settings, SettingErrors errors)
    {
        if (request.Generate && settings.Authentication != Authentication.Signature)
            errors.Add("generate", "only a key of auth SIGNATURE can be made here; give the secret that the receiver asks for");
        else if (request.Secret is { } secret && SecretRules.Check(settings.Authentication, settings.Delivery.SignatureStyle, secret.Reveal()) is { } problem)
            errors.Add(Secret, problem);
    }

    // Only Standard Webhooks' header holds several signatures.
    private static bool HasRoomForOne(IntegrationSettings settings) =>
        settings.Authentication != Authentication.Signature || settings.Delivery.SignatureStyle == SignatureStyle.GitHub;

    private static IEnumerable<StoredSecret> Ending(IReadOnlyList<StoredSecret> secrets, DateTimeOffset end) =>
        secrets.Select(secret => secret with { ExpiresAt = secret.ExpiresAt ?? end });

    private static TimeSpan CheckOverlap(long? wanted, IntegrationSettings settings, SettingErrors errors)
    {
        var onlyOne = HasRoomForOne(settings);
        if (wanted is not { } overlapMs) return onlyOne ? TimeSpan.Zero : DefaultOverlap;
        if (onlyOne) errors.Add(Overlap, "must be left out: a request carries one secret with auth BASIC_AUTH and BEARER_TOKEN and in GitHub's style, so the new one replaces the old one at once");
        else if (overlapMs < 0 || overlapMs > MaxOverlap.TotalMilliseconds)
            errors.Add(Overlap, string.Create(CultureInfo.InvariantCulture, $"{overlapMs} is out of range; 0 to {MaxOverlap.TotalMilliseconds}"));
        else return TimeSpan.FromMilliseconds(overlapMs);
        return TimeSpan.Zero;
    }
}
