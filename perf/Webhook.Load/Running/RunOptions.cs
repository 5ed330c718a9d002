using Webhook.Load.Scenarios;

namespace Webhook.Load.Running;

/// <summary>What a run needs beside its scenario; null: what the scenario says, or the default.</summary>
/// <param name="Server">Our product's address; its ingest and API are found under it.</param>
/// <param name="Ingest">Where events are posted to, of any program.</param>
/// <param name="Headers">As <c>Name: value</c>; the value may name variables of the environment.</param>
/// <param name="Receiver">Control address of a receiver in another process; null: one in this process.</param>
/// <param name="ListenPort">Of the receiver in this process.</param>
/// <param name="WaitFor">How long a foreign program may take until the first event arrives.</param>
internal sealed record RunOptions(
    Uri Server, Uri? Ingest, IReadOnlyList<string> Headers, Uri? Receiver, int ListenPort, int? Process, Uri? Metrics, string? SyncsMetric, TimeSpan WaitFor)
{
    public const string Channel = "SECURE_EVENTS_POLICIES";

    /// <summary>The target's settings, with the command line before the file and the defaults of our product after it.</summary>
    public RunTarget Resolve(TargetSetting setting)
    {
        var ingest = Ingest ?? setting.Ingest;
        var product = Ingest is not null ? Product.None : setting.Product ?? (ingest is null ? Product.Webhook : Product.None);
        var headers = setting.Headers.ToDictionary(pair => pair.Key, pair => Expand(pair.Value));
        foreach (var header in Headers)
        {
            if (header.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon)) throw new ScenarioException([$"--header '{header}': expected 'Name: value'"]);
            headers[header[..colon].Trim()] = Expand(header[(colon + 1)..].Trim());
        }

        if (product == Product.None)
        {
            if (ingest is null) throw new ScenarioException(["target.ingest: expected where events are posted to, as target.product is none; or give --ingest"]);
            return new RunTarget(new(ingest, headers), null, Metrics ?? setting.Metrics, SyncsMetric ?? setting.SyncsMetric);
        }

        headers.TryAdd("Authorization", Expand("Bearer ${WEBHOOK_INGEST_KEY}"));
        return new RunTarget(
            new(ingest ?? new Uri(Server, $"/v1/events/{Channel}"), headers),
            new ProductApi(Server, Expand("${WEBHOOK_ADMIN_TOKEN}")),
            Metrics ?? setting.Metrics ?? new Uri(Server, "/metrics"),
            SyncsMetric ?? setting.SyncsMetric ?? "webhook_log_commit_seconds_count");
    }

    private static string Expand(string text)
    {
        for (int at, end; (at = text.IndexOf("${", StringComparison.Ordinal)) >= 0; text = string.Concat(text.AsSpan(0, at), Variable(text[(at + 2)..end]), text.AsSpan(end + 1)))
        {
            end = text.IndexOf('}', at);
            if (end < 0) throw new ScenarioException([$"'{text[at..]}': expected '}}' after the variable's name"]);
        }

        return text;
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new ScenarioException([$"The environment variable {name} is not set; the run needs it to be let in by the target"]);
}

/// <param name="Product">Null: a program of somebody else, whose operator makes it deliver to the receiver.</param>
internal sealed record RunTarget(Generating.IngestTarget Ingest, ProductApi? Product, Uri? Metrics, string? SyncsMetric);

/// <param name="Token">Never printed.</param>
internal sealed record ProductApi(Uri Server, string Token);
