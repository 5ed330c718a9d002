namespace Webhook.Server.Producing;

/// <summary>What the command line of <c>webhook send</c> said.</summary>
internal sealed record SendArguments
{
    public const string StandardInput = "-";

    /// <summary>To a server: its channel.</summary>
    public string? Channel { get; init; }

    /// <summary>To a server: the events are Falco's alerts.</summary>
    public bool Falco { get; init; }

    /// <summary>Straight to this webhook; null: to a server.</summary>
    public string? To { get; init; }

    /// <summary>null, or <see cref="StandardInput"/>: standard input.</summary>
    public string? File { get; init; }

    public string? Server { get; init; }

    public string? KeyFile { get; init; }

    public string? SecretFile { get; init; }

    public string? Authentication { get; init; }

    public string SignatureStyle { get; init; } = "standard-webhooks";

    public string Output { get; init; } = "json";

    public bool Insecure { get; init; }

    public int BatchEvents { get; init; } = 1000;

    public int Connections { get; init; } = 4;

    public double? Rate { get; init; }

    public string Compression { get; init; } = "none";

    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(5);

    public string? RefusedFile { get; init; }

    public bool Json { get; init; }

    /// <returns>What is wrong with them; empty: nothing.</returns>
    public IEnumerable<string> FindErrors()
    {
        var ways = (Channel is null ? 0 : 1) + (Falco ? 1 : 0) + (To is null ? 0 : 1);
        if (ways != 1) yield return "say where the events go: a CHANNEL, or --falco, or --to URL.";
        if (BatchEvents is < 1 or > 10_000) yield return $"--batch {BatchEvents}: 1 to 10000 events.";
        if (Connections is < 1 or > 64) yield return $"--connections {Connections}: 1 to 64.";
        if (Rate is <= 0 or > 10_000_000 or double.NaN) yield return $"--rate {Rate}: events a second, more than 0 and at most 10000000.";
        if (RetryFor < TimeSpan.Zero) yield return $"--retry-for {RetryFor}: as hours:minutes:seconds, not negative.";
        if (To is not null && (Server ?? KeyFile) is not null) yield return "--server and --key-file are for sending to a server, not for --to.";
        if (To is null && ((SecretFile ?? Authentication) is not null || Insecure)) yield return "--secret-file, --auth and --insecure are for --to.";
    }
}
