using System.Globalization;
using Webhook.Load.Events;
using Webhook.Load.Generating;
using Webhook.Load.Receiving;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Webhook.Load.Scenarios;

/// <summary>Reads a scenario from YAML, and so from JSON, which is YAML too.</summary>
internal static class ScenarioFile
{
    private const int MaxConnections = EventTag.MaxSenders;

    /// <exception cref="ScenarioException">With every error of the file.</exception>
    public static Scenario Read(string path)
    {
        try
        {
            return Parse(Path.GetFileName(path), File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException([$"{path}: cannot be read: {e.Message}"]);
        }
    }

    public static Scenario Parse(string file, string text)
    {
        var errors = new List<string>();
        var scenario = ReadScenario(new YamlMap(file, "", Root(file, text), errors), text);
        return errors.Count == 0 ? scenario : throw new ScenarioException(errors);
    }

    private static YamlMappingNode Root(string file, string text)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents.Count == 1 && yaml.Documents[0].RootNode is YamlMappingNode root) return root;
            throw new ScenarioException([$"{file}:1:1: expected keys with values, like 'name: steady'"]);
        }
        catch (YamlException e)
        {
            throw new ScenarioException([string.Create(CultureInfo.InvariantCulture, $"{file}:{e.Start.Line}:{e.Start.Column}: not YAML: {e.Message}")]);
        }
    }

    private static Scenario ReadScenario(YamlMap map, string text)
    {
        var name = map.Text("name");
        if (string.IsNullOrWhiteSpace(name)) map.Error("name", "expected the scenario's name");
        var description = map.Text("description") ?? "";
        var events = ReadEvents(map.Map("events"));
        var integrations = ReadIntegrations(map.Map("integrations"));
        var target = ReadTarget(map.Map("target"));
        var phases = map.Maps("phases").Select((phase, index) => ReadPhase(phase, index, events)).ToList();
        if (phases.Count == 0) map.Error("phases", "expected at least one phase");
        foreach (var twice in phases.GroupBy(phase => phase.Name).Where(group => group.Count() > 1)) map.Error("phases", $"two phases are called '{twice.Key}'");
        var drain = map.Duration("drainTimeout") ?? TimeSpan.FromSeconds(60);
        var thresholds = ReadThresholds(map, phases);
        if (phases.Any(phase => phase.Receiver.Refuse) && events.PoisonEvery == 0) (map.Map("events") ?? map).Error("poisonEvery", "expected a number above 0: a phase's receiver refuses poison events, and there are none");
        map.End();
        return new Scenario(name ?? "", description, events, integrations, target, phases, drain, thresholds, text);
    }

    private static EventShape ReadEvents(YamlMap? map)
    {
        if (map is null) return new EventShape();
        var shape = new EventShape(
            map.Count("bytes", 652, 200, 1_000_000, "bytes of an event"),
            map.Count("perRequest", 1000, 1, 65_536, "events of a request"),
            map.Choice("format", BodyFormat.Array),
            map.Count("poisonEvery", 0, 0, 1_000_000_000, "each so many-th event is poison"));
        if (shape is { Format: BodyFormat.Object, PerRequest: > 1 }) map.Error("format", "object is one event a request; set perRequest to 1, or format to array or ndjson");
        map.End();
        return shape;
    }

    private static IntegrationsSetting ReadIntegrations(YamlMap? map)
    {
        if (map is null) return new IntegrationsSetting(1, new Dictionary<string, string>());
        var setting = new IntegrationsSetting(map.Count("count", 1, 1, 10_000, "integrations"), map.Map("delivery")?.AllTexts() ?? new Dictionary<string, string>());
        map.End();
        return setting;
    }

    private static TargetSetting ReadTarget(YamlMap? map)
    {
        if (map is null) return TargetSetting.None;
        var setting = new TargetSetting(
            ReadUri(map, "ingest"),
            map.Map("headers")?.AllTexts() ?? new Dictionary<string, string>(),
            map.Has("product") ? map.Choice("product", Product.Webhook) : null,
            ReadUri(map, "metrics"),
            map.Text("syncsMetric"));
        map.End();
        return setting;
    }

    private static Uri? ReadUri(YamlMap map, string key)
    {
        if (map.Text(key) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)) return uri;
        map.Error(key, $"expected an address like http://127.0.0.1:8080/path; it is '{text}'");
        return null;
    }

    private static PhaseSetting ReadPhase(YamlMap map, int index, EventShape events)
    {
        var name = map.Text("name") ?? string.Create(CultureInfo.InvariantCulture, $"phase-{index + 1}");
        if (name.Contains('/', StringComparison.Ordinal)) map.Error("name", "must not contain '/', which stands between phase and metric in a threshold");
        var duration = map.Duration("duration");
        if (!map.Has("duration") || duration == TimeSpan.Zero) map.Error("duration", "expected how long the phase takes, like 30s");
        var rate = ReadRate(map);
        var load = new PhaseLoad(
            duration ?? TimeSpan.Zero,
            map.Count("connections", rate is null ? 4 : 64, 1, MaxConnections, "requests in flight"),
            rate,
            (long)map.Number("burst", 0, events.PerRequest, 1e9, $"events that are due at once, at least the {events.PerRequest} of a request"),
            (long)map.Number("events", long.MaxValue, 1, 1e12, "events after which the phase ends"));
        if (load.Burst > 0 && rate is null) map.Error("burst", "needs a rate");
        var phase = new PhaseSetting(name, load, ReadFault(map.Map("receiver")), map.Choice("integrations", IntegrationsAction.Keep), map.Flag("measured", fallback: true));
        map.End();
        return phase;
    }

    private static Rate? ReadRate(YamlMap map)
    {
        const string What = "events a second (0 or more), or {from, to}";
        if (!map.Has("rate")) return null;
        if (map.MapIfOne("rate") is not { } ramp) return map.Number("rate", 0, 0, 1e9, What) is var steady ? new Rate(steady, steady) : null;
        foreach (var key in (string[])["from", "to"])
        {
            if (!ramp.Has(key)) ramp.Error(key, "expected events a second (0 or more)");
        }

        var rate = new Rate(ramp.Number("from", 0, 0, 1e9, What), ramp.Number("to", 0, 0, 1e9, What));
        ramp.End();
        return rate;
    }

    private static Fault ReadFault(YamlMap? map)
    {
        if (map is null) return Fault.None;
        var fault = new Fault(
            (int)(map.Duration("delay") ?? TimeSpan.Zero).TotalMilliseconds,
            map.Count("status", 0, 300, 599, "the status to answer"),
            map.Flag("refuse"),
            map.Flag("down"),
            map.Number("share", 1, 0, 1, "a share of the requests, 0 to 1"),
            map.Count("integrations", 0, 1, 10_000, "integrations that it is for"));
        if (fault is { Down: true, Integrations: > 0 }) map.Error("integrations", "does not go with down: all integrations have the one receiver");
        map.End();
        return fault;
    }

    private static List<Threshold> ReadThresholds(YamlMap map, List<PhaseSetting> phases)
    {
        var thresholds = new List<Threshold>();
        var texts = map.Texts("thresholds");
        for (var i = 0; i < texts.Count; i++)
        {
            try
            {
                var threshold = Threshold.Parse(texts[i]);
                if (threshold.Phase is { } phase && phases.All(p => p.Name != phase)) throw new FormatException($"'{texts[i]}' names the phase '{phase}'; the phases are {string.Join(", ", phases.Select(p => p.Name))}");
                thresholds.Add(threshold);
            }
            catch (FormatException e)
            {
                map.Error("thresholds", i, e.Message);
            }
        }

        return thresholds.Count > 0 ? thresholds : [.. Scenario.DefaultThresholds];
    }
}
