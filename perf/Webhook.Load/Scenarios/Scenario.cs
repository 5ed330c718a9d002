using Webhook.Load.Events;
using Webhook.Load.Generating;
using Webhook.Load.Receiving;

namespace Webhook.Load.Scenarios;

/// <summary>A whole run as it is written in a file; docs/load-testing.md describes every key.</summary>
/// <param name="Text">The file itself, kept with the results.</param>
internal sealed record Scenario(
    string Name,
    string Description,
    EventShape Events,
    IntegrationsSetting Integrations,
    TargetSetting Target,
    IReadOnlyList<PhaseSetting> Phases,
    TimeSpan DrainTimeout,
    IReadOnlyList<Threshold> Thresholds,
    string Text)
{
    public const int DefaultPort = 9000;

    /// <summary>What is asked of a run whose scenario asks nothing.</summary>
    public static readonly IReadOnlyList<Threshold> DefaultThresholds = [Threshold.Parse("acknowledged > 0"), Threshold.Parse("missing == 0")];

    /// <summary>Poison events are not expected to arrive when a phase refuses them.</summary>
    public bool RefusesPoison => Phases.Any(phase => phase.Receiver.Refuse);
}

/// <param name="Delivery">Our product's <c>delivery</c> settings, as they go into its API.</param>
internal sealed record IntegrationsSetting(int Count, IReadOnlyDictionary<string, string> Delivery);

internal enum Product
{
    /// <summary>Ours: integrations are made by its API.</summary>
    Webhook,

    /// <summary>Any other: its operator makes it deliver to the receiver.</summary>
    None,
}

/// <summary>Null and empty: not said in the file; the command line's options and their defaults hold.</summary>
/// <param name="Ingest">Where events are posted to.</param>
/// <param name="Headers">May name variables of the environment: <c>Bearer ${KEY}</c>.</param>
/// <param name="Metrics">A Prometheus page of the program under test.</param>
/// <param name="SyncsMetric">The counter on it that counts syncs of its log.</param>
internal sealed record TargetSetting(Uri? Ingest, IReadOnlyDictionary<string, string> Headers, Product? Product, Uri? Metrics, string? SyncsMetric)
{
    public static readonly TargetSetting None = new(null, new Dictionary<string, string>(), null, null, null);
}

internal enum IntegrationsAction
{
    /// <summary>As they are.</summary>
    Keep,
    Disable,
    Enable,

    /// <summary>Test them, as an operator does who has mended the receiver: success ends an inhibition.</summary>
    Test,
}

/// <param name="IsMeasured">False: a warm-up; its events are counted, its speed and latency are not.</param>
internal sealed record PhaseSetting(string Name, PhaseLoad Load, Fault Receiver, IntegrationsAction Integrations, bool IsMeasured);
