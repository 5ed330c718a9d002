using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Webhook.Actors.Events;

namespace Webhook.Actors.Integrations;

/// <summary>An integration's name and settings, valid, with the secret encrypted.</summary>
internal sealed record ValidIntegration(string Name, IntegrationSettings Settings, bool? IsEnabled);

/// <summary>Spec 1's rules for an integration: what a user asks for becomes settings, or the whole list of what is wrong with it.</summary>
/// <remarks>Every error names its field, the value unless it may be secret, the limit and the way out.</remarks>
internal sealed class IntegrationValidator(ChannelList channels, ISecretProtector protector)
{
    public const int MaxNameLength = 255;
    public const int MaxEndpointLength = 2048;
    public const double MinRequestsPerSecond = 0.01;
    public const double MaxRequestsPerSecond = 10_000;

    private const string Endpoint = "connectionInfo.endpoint";
    private const string Auth = "connectionInfo.auth";
    private const string Secret = "connectionInfo.secret";
    private const string CertificateId = "connectionInfo.certificateId";
    private const string CaCertificateId = "connectionInfo.caCertificateId";
    private const string Headers = "connectionInfo.headers";
    private const string Output = "connectionInfo.output";

    /// <param name="current">The settings to be replaced, whose secret is kept when the request brings none; null for a new integration.</param>
    /// <param name="known">The certificates that the request names, as far as there are any.</param>
    /// <returns>null when <paramref name="errors"/> has any.</returns>
    public ValidIntegration? Validate(IntegrationRequest request, IntegrationSettings? current, CertificateUse.Described known, SettingErrors errors)
    {
        CheckType(request.Type, errors);
        var name = CheckName(request.Name, errors);
        var settings = CheckSettings(request, SettingNames.Authentications, current, known, errors);
        return errors.Any ? null : new ValidIntegration(name!, settings, request.IsEnabled);
    }

    /// <summary>The rules where an integration stands in a file: beside WEBHOOK there is LOCAL, the name may be left out, and there are no certificates.</summary>
    /// <returns>null when <paramref name="errors"/> has any.</returns>
    public IntegrationSettings? ValidateFromFile(IntegrationRequest request, SettingErrors errors)
    {
        if (request.Name is not null) CheckName(request.Name, errors);
        var settings = request.Type switch
        {
            SettingNames.LocalType => CheckLocal(request, errors),
            SettingNames.WebhookType => CheckWebhookOfFile(request, errors),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Type, "is no type of a file"),
        };
        return errors.Any ? null : settings;
    }

    private IntegrationSettings CheckWebhookOfFile(IntegrationRequest request, SettingErrors errors)
    {
        if (request.Connection.Authentication == SettingNames.Authentications.NameOf(Authentication.Certificate))
        {
            errors.Add(Auth, "CERTIFICATE is not available in a file: certificates are kept by webhook serve. Make this integration with its API, or use BASIC_AUTH, BEARER_TOKEN or SIGNATURE");
        }

        return CheckSettings(request, SettingNames.FileAuthentications, current: null, CertificateUse.Described.None, errors);
    }

    private IntegrationSettings CheckLocal(IntegrationRequest request, SettingErrors errors)
    {
        var wanted = request.Connection;
        if (wanted.Output is null) Missing(Output, $"LOCAL writes to {SettingNames.LocalOutput}, and nowhere else", errors);
        else if (wanted.Output != SettingNames.LocalOutput) errors.Add(Output, $"'{wanted.Output}'", $"is not known for LOCAL; must be {SettingNames.LocalOutput}");
        return new IntegrationSettings
        {
            Type = IntegrationType.Local,
            Endpoint = IntegrationSettings.StandardOutput,
            Output = PayloadFormat.Ndjson,
            TimestampResolution = CheckTimestampFormat(wanted, errors),
            Channels = CheckChannels(request.Channels ?? [], errors),
        };
    }

    private IntegrationSettings CheckSettings(
        IntegrationRequest request, NameTable<Authentication> authentications, IntegrationSettings? current, CertificateUse.Described known, SettingErrors errors)
    {
        var wanted = request.Connection;
        var delivery = CheckDelivery(request.Delivery, errors);
        var authentication = errors.Has(Auth) ? Authentication.None : Parse(wanted.Authentication, Auth, authentications, Authentication.None, errors);
        var endpoint = CheckEndpoint(wanted.Endpoint, errors);
        CheckCertificate(authentication, wanted.CertificateId, endpoint, known, errors);
        CheckAuthority(wanted, endpoint, known, errors);
        return new IntegrationSettings
        {
            Endpoint = endpoint ?? new Uri("about:blank"),
            Authentication = authentication,
            Secrets = CheckSecret(wanted, authentication, delivery.SignatureStyle, current, errors),
            CertificateId = wanted.CertificateId,
            CaCertificateId = wanted.CaCertificateId,
            Headers = CheckHeaders(wanted.Headers ?? [], errors),
            IsInsecure = wanted.IsInsecure ?? false,
            Output = Parse(wanted.Output, Output, SettingNames.Outputs, PayloadFormat.Json, errors),
            TimestampResolution = CheckTimestampFormat(wanted, errors),
            Channels = CheckChannels(request.Channels ?? [], errors),
            Delivery = delivery,
        };
    }

    private static TimestampResolution CheckTimestampFormat(RequestedConnection wanted, SettingErrors errors) =>
        Parse(wanted.TimestampFormat, "connectionInfo.timestampFormat", SettingNames.TimestampFormats, TimestampResolution.Nanoseconds, errors);

    private static void CheckType(string? type, SettingErrors errors)
    {
        if (type is null) Missing("type", $"must be {SettingNames.WebhookType}", errors);
        else if (type != SettingNames.WebhookType) errors.Add("type", $"'{type}'", $"is not known; must be {SettingNames.WebhookType}");
    }

    private static string? CheckName(string? name, SettingErrors errors)
    {
        if (name is null)
        {
            Missing("name", $"1 to {MaxNameLength} characters, unique", errors);
            return null;
        }

        name = name.Trim();
        if (name.Length is 0 or > MaxNameLength)
            errors.Add("name", $"has {name.Length} characters without the white space around it; 1 to {MaxNameLength} are allowed");
        else if (name.Any(char.IsControl)) errors.Add("name", "holds a control character, such as a line break; remove it");
        return name;
    }

    private static Uri? CheckEndpoint(string? endpoint, SettingErrors errors)
    {
        if (endpoint is null)
        {
            Missing(Endpoint, "an absolute https:// or http:// URL", errors);
            return null;
        }

        if (endpoint.Length > MaxEndpointLength)
            errors.Add(Endpoint, $"has {endpoint.Length} characters; at most {MaxEndpointLength}");
        else if (endpoint.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)))
            errors.Add(Endpoint, "holds white space; write it as %20 or remove it");
        else if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || uri.Host.Length == 0)
            // What cannot be read as a URL may still hold a password.
            errors.Add(Endpoint, endpoint.Contains('@', StringComparison.Ordinal) ? null : $"'{endpoint}'", "must be an absolute https:// or http:// URL");
        else if (uri.UserInfo.Length > 0)
            errors.Add(Endpoint, "must not hold user information (user:password@); use auth BASIC_AUTH with secret user:password");
        else if (endpoint.Contains('#', StringComparison.Ordinal))
            errors.Add(Endpoint, $"'{endpoint}'", "must not have a fragment (#…); it is never sent, remove it");
        else
            return uri;
        return null;
    }

    private IReadOnlyList<StoredSecret> CheckSecret(
        RequestedConnection wanted, Authentication authentication, SignatureStyle style, IntegrationSettings? current, SettingErrors errors)
    {
        if (errors.Has(Auth) || errors.Has(Secret)) return [];
        if (!SecretRules.IsNeeded(authentication))
        {
            if (wanted.Secret is not null)
                errors.Add(Secret, "is used only with auth BASIC_AUTH, BEARER_TOKEN or SIGNATURE; choose one of them or leave the secret out");
            return [];
        }

        var word = SettingNames.Authentications.NameOf(authentication);
        if (wanted.Secret is { } given)
        {
            if (SecretRules.Check(authentication, style, given.Reveal()) is not { } problem) return [protector.Protect(given.Reveal())];
            errors.Add(Secret, problem);
        }
        else if (current is null || current.Secrets.Count == 0)
        {
            Missing(Secret, $"auth {word} needs it", errors);
        }
        else if (current.Authentication == authentication && current.Delivery.SignatureStyle == style)
        {
            return current.Secrets;
        }
        else if (CheckStored(authentication, style, current.Secrets[0]) is { } problem)
        {
            errors.Add(Secret, $"is missing, and the stored one cannot be used for auth {word}: it {problem}; give a new one");
        }
        else
        {
            return current.Secrets;
        }

        return [];
    }

    private string? CheckStored(Authentication authentication, SignatureStyle style, StoredSecret secret)
    {
        try
        {
            return SecretRules.Check(authentication, style, protector.Unprotect(secret));
        }
        catch (CryptographicException)
        {
            return "can no longer be decrypted";
        }
    }

    private static void CheckCertificate(
        Authentication authentication, long? id, Uri? endpoint, CertificateUse.Described known, SettingErrors errors)
    {
        if (errors.Has(Auth)) return;
        if (authentication == Authentication.Certificate && IsPlain(endpoint))
            errors.Add(Auth, "CERTIFICATE needs an https:// endpoint: a client certificate is presented in the TLS handshake");
        if (errors.Has(CertificateId)) return;
        if (authentication != Authentication.Certificate)
        {
            if (id is not null) errors.Add(CertificateId, "is used only with auth CERTIFICATE; choose it or leave the id out");
        }
        else if (id is null) Missing(CertificateId, "auth CERTIFICATE needs it", errors);
        else CheckKnown(CertificateId, id.Value, CertificateUsage.Client, known, errors);
    }

    private static void CheckAuthority(RequestedConnection wanted, Uri? endpoint, CertificateUse.Described known, SettingErrors errors)
    {
        if (wanted.CaCertificateId is not { } id) return;
        if (wanted.IsInsecure == true)
            errors.Add(CaCertificateId, "verifies the receiver's certificate, and isInsecure true asks not to; leave one of them out");
        else if (IsPlain(endpoint)) errors.Add(CaCertificateId, "needs an https:// endpoint: a receiver shows its certificate in the TLS handshake");
        CheckKnown(CaCertificateId, id, CertificateUsage.Ca, known, errors);
    }

    private static void CheckKnown(string path, long id, CertificateUsage usage, CertificateUse.Described known, SettingErrors errors)
    {
        var found = known.Certificates.FirstOrDefault(c => c.Id == id);
        if (found is null) errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"there is no certificate with id {id}"));
        else if (found.Usage != usage)
            errors.Add(path, string.Create(
                CultureInfo.InvariantCulture,
                $"certificate {id} has usage {SettingNames.CertificateUsages.NameOf(found.Usage)}; one with usage {SettingNames.CertificateUsages.NameOf(usage)} is needed"));
        else if (found.NotAfter <= known.Now)
            errors.Add(path, string.Create(
                CultureInfo.InvariantCulture, $"certificate {id} expired at {found.NotAfter.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}; renew it or choose another"));
    }

    private static bool IsPlain(Uri? endpoint) => endpoint?.Scheme == Uri.UriSchemeHttp;

    private static IReadOnlyList<CustomHeader> CheckHeaders(IReadOnlyList<CustomHeader> headers, SettingErrors errors)
    {
        if (headers.Count > CustomHeaderRules.MaxHeaders)
        {
            errors.Add(Headers, $"has {headers.Count} headers; at most {CustomHeaderRules.MaxHeaders}");
            return headers;
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < headers.Count; i++)
        {
            var (key, value) = headers[i];
            // What could not be read is known to be wrong, and only holds its place.
            if (errors.Has($"{Headers}[{i}]") || errors.Has($"{Headers}[{i}].key")) continue;
            if (CustomHeaderRules.CheckName(key) is { } name) errors.Add($"{Headers}[{i}].key", name);
            else if (!seen.Add(key)) errors.Add($"{Headers}[{i}].key", $"'{key}' is given twice; names do not differ by upper and lower case");
            if (CustomHeaderRules.CheckValue(value) is { } problem) errors.Add($"{Headers}[{i}].value", problem);
        }

        return headers;
    }

    private IReadOnlyList<string> CheckChannels(IReadOnlyList<string> names, SettingErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (errors.Has($"channels[{i}]")) continue;
            if (!channels.IsKnown(names[i])) errors.Add($"channels[{i}]", $"'{names[i]}'", $"is not a channel; known are {string.Join(", ", channels.Names)}");
            else if (!seen.Add(names[i])) errors.Add($"channels[{i}]", $"'{names[i]}'", "is given twice; give it once");
        }

        return names;
    }

    private static DeliverySettings CheckDelivery(RequestedDelivery wanted, SettingErrors errors)
    {
        var defaults = new DeliverySettings();
        return new DeliverySettings
        {
            MaxBatchEvents = Range(wanted.MaxBatchEvents, "delivery.maxBatchEvents", 1, 10_000, errors) ?? defaults.MaxBatchEvents,
            MaxBatchBytes = Range(wanted.MaxBatchBytes, "delivery.maxBatchBytes", 1_000, 10_000_000, errors) ?? defaults.MaxBatchBytes,
            MaxBatchDelayMs = Range(wanted.MaxBatchDelayMs, "delivery.maxBatchDelayMs", 0, 300_000, errors) ?? defaults.MaxBatchDelayMs,
            TimeoutMs = Range(wanted.TimeoutMs, "delivery.timeoutMs", 1_000, 60_000, errors) ?? defaults.TimeoutMs,
            MaxConcurrency = Range(wanted.MaxConcurrency, "delivery.maxConcurrency", 1, 64, errors),
            Ordered = wanted.Ordered ?? defaults.Ordered,
            MaxRequestsPerSecond = InRange(wanted.MaxRequestsPerSecond, "delivery.maxRequestsPerSecond", MinRequestsPerSecond, MaxRequestsPerSecond, errors),
            Compression = Parse(wanted.Compression, "delivery.compression", SettingNames.Compressions, defaults.Compression, errors),
            SignatureStyle = Parse(wanted.SignatureStyle, "delivery.signatureStyle", SettingNames.SignatureStyles, defaults.SignatureStyle, errors),
            StatusOverrides = CheckOverrides(wanted.StatusOverrides ?? [], errors),
        };
    }

    private static StatusOverride[]? CheckOverrides(IReadOnlyList<KeyValuePair<string, string>> wanted, SettingErrors errors)
    {
        var overrides = new List<StatusOverride>(wanted.Count);
        foreach (var (key, word) in wanted)
        {
            var path = $"delivery.statusOverrides.{key}";
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 300 or > 599)
                errors.Add(path, $"'{key}' is not a status that can be given another meaning; 300 to 599");
            else if (overrides.Exists(o => o.Status == status)) errors.Add(path, $"{status} is given twice; give it once");
            else if (!SettingNames.StatusMeanings.TryParse(word, out var outcome)) errors.Add(path, $"'{word}'", $"is not known; one of {SettingNames.StatusMeanings.All}");
            else overrides.Add(new StatusOverride(status, outcome));
        }

        return overrides.Count == 0 ? null : [.. overrides];
    }

    private static int? Range(long? value, string path, long min, long max, SettingErrors errors) => (int?)InRange(value, path, min, max, errors);

    private static T? InRange<T>(T? value, string path, T min, T max, SettingErrors errors)
        where T : struct, INumber<T>
    {
        if (value is null || (value >= min && value <= max)) return value;
        errors.Add(path, value.Value.ToString(null, CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"is out of range; {min} to {max}"));
        return null;
    }

    private static T Parse<T>(string? word, string path, NameTable<T> names, T whenAbsent, SettingErrors errors)
        where T : struct, Enum
    {
        if (word is null) return whenAbsent;
        if (names.TryParse(word, out var value)) return value;
        errors.Add(path, $"'{word}'", $"is not known; one of {names.All}");
        return whenAbsent;
    }

    private static void Missing(string path, string needed, SettingErrors errors)
    {
        // A field of the wrong type, or in an object of the wrong type, is not missing.
        if (errors.Has(path) || (path.Contains('.', StringComparison.Ordinal) && errors.Has(path[..path.IndexOf('.', StringComparison.Ordinal)]))) return;
        errors.Add(path, $"is missing; {needed}");
    }
}
