namespace Webhook.Server.Receiving;

/// <summary>What the command line of <c>webhook receive</c> said.</summary>
internal sealed record ReceiveArguments
{
    public const string SecretVariable = "WEBHOOK_RECEIVE_SECRET";

    /// <summary>null: port 9000 on loopback, with TLS where there is a certificate.</summary>
    public string? Urls { get; init; }

    public string? SecretFile { get; init; }

    public bool Verbose { get; init; }

    public bool Json { get; init; }

    public IReadOnlyList<string> Fail { get; init; } = [];

    public string? Delay { get; init; }

    public string? Reset { get; init; }

    public IReadOnlyList<string> RefuseEvents { get; init; } = [];

    public bool NamesRefused { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public long? TooLarge { get; init; }

    public int? Seed { get; init; }

    public string? Certificate { get; init; }

    public string? CertificateKey { get; init; }

    public string? ClientCa { get; init; }

    /// <summary>Reads texts and files.</summary>
    /// <param name="errors">Everything that is wrong; empty: nothing.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ReceiverSettings Read(List<string> errors)
    {
        var tls = Certificate is null ? null : ReceiverTls.Load(Certificate, CertificateKey, ClientCa);
        if (Certificate is null && (CertificateKey ?? ClientCa) is not null) errors.Add("--certificate-key and --client-ca need --certificate.");
        var urls = Urls ?? (tls is null ? "http://127.0.0.1:9000" : "https://127.0.0.1:9000");
        foreach (var url in urls.Split(';'))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) || address.PathAndQuery != "/")
                errors.Add($"--urls {url}: write it as http://address:port or https://address:port.");
            else if (address.Scheme == Uri.UriSchemeHttps != tls is not null)
                errors.Add(tls is null ? $"--urls {url}: https needs --certificate." : $"--urls {url}: with --certificate write https.");
        }

        return new ReceiverSettings(urls, SecretLines.Read(SecretFile, SecretVariable)) { Faults = ReadFaults(errors), Tls = tls };
    }

    private FaultOptions ReadFaults(List<string> errors)
    {
        var rules = new List<FailRule>();
        foreach (var text in Fail)
        {
            if (FaultText.TryReadFail(text, out var rule) is { } wrong) errors.Add(wrong);
            rules.Add(rule);
        }

        var delay = default((TimeSpan, TimeSpan));
        if (Delay is not null && FaultText.TryReadDelay(Delay, out delay) is { } wrongDelay) errors.Add(wrongDelay);
        var reset = 0.0;
        if (Reset is not null && FaultText.TryReadReset(Reset, out reset) is { } wrongReset) errors.Add(wrongReset);
        if (RetryAfterSeconds is < 0) errors.Add($"--retry-after {RetryAfterSeconds}: it is a number of seconds, 0 or more.");
        if (RefuseEvents.Any(static text => text.Length == 0)) errors.Add("--refuse-event '': every event holds the empty text; write one that only some hold.");
        if (TooLarge is < 1) errors.Add($"--too-large {TooLarge}: it is a number of bytes, 1 or more.");
        return new FaultOptions
        {
            Fail = rules,
            Delay = delay,
            ResetShare = reset,
            RefuseEvents = RefuseEvents,
            NamesRefused = NamesRefused,
            RetryAfter = RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            TooLarge = TooLarge,
            Seed = Seed,
        };
    }
}
