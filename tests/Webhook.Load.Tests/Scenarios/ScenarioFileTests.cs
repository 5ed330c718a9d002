using Webhook.Load.Scenarios;

namespace Webhook.Load.Tests.Scenarios;

public sealed class ScenarioFileTests
{
    [Fact]
    public void Parse_EverythingWrong_EveryErrorWithFileLineKeyAndWhatIsExpected()
    {
        const string Text = """
            nam: x
            events: {bytes: many, format: xml}
            integrations: {count: 0}
            target: {ingest: localhost}
            phases:
              - {name: a, duration: soon, rate: fast}
              - {name: a/b, duration: 0s, rate: {from: 1}, conections: 3}
              - {duration: 5s, connections: 2, burst: 5000, receiver: {status: 200, share: 2, refuse: true}}
            thresholds:
              - ack.p99 < quick
              - speed > 3
              - nowhere/missing == 0
              - missing is 0
            """;

        var errors = Should.Throw<ScenarioException>(() => ScenarioFile.Parse("bad.yaml", Text)).Errors;

        const string MetricNames = "ack.max, ack.p50, ack.p90, ack.p99, ack.p99.9, acknowledged, backlog_peak, batch_events, delivered, deliveries, drain, drain_rate, duplicates, e2e.max, e2e.p50, e2e.p90, e2e.p99, e2e.p99.9, failed, late.p99, machine.cpu, missing, process.allocated_per_event, process.cpu, process.cpu_per_million, process.cpu_per_million_deliveries, process.gc_pause, process.rss_peak, process.syncs, process.written, process.written_per_event, reordered, request_rate, sent, throughput, tool.cpu, unacknowledged, unsent";
        errors.ShouldBe(
        [
            "bad.yaml:1:1: name: expected the scenario's name",
            "bad.yaml:2:17: events.bytes: expected bytes of an event, a whole number from 200 to 1000000; it is 'many'",
            "bad.yaml:2:31: events.format: expected one of array, ndjson, object; it is 'xml'",
            "bad.yaml:3:23: integrations.count: expected integrations, a whole number from 1 to 10000; it is '0'",
            "bad.yaml:4:18: target.ingest: expected an address like http://127.0.0.1:8080/path; it is 'localhost'",
            "bad.yaml:6:25: phases[0].duration: expected a duration like 250ms, 10s, 2m; it is 'soon'",
            "bad.yaml:6:37: phases[0].rate: expected events a second (0 or more), or {from, to}; it is 'fast'",
            "bad.yaml:7:12: phases[1].name: must not contain '/', which stands between phase and metric in a threshold",
            "bad.yaml:7:27: phases[1].duration: expected how long the phase takes, like 30s",
            "bad.yaml:7:37: phases[1].rate.to: expected events a second (0 or more)",
            "bad.yaml:7:48: phases[1].conections: is not a key here; the keys are burst, connections, duration, events, integrations, measured, name, rate, receiver",
            "bad.yaml:8:43: phases[2].burst: needs a rate",
            "bad.yaml:8:68: phases[2].receiver.status: expected the status to answer, a whole number from 300 to 599; it is '200'",
            "bad.yaml:8:80: phases[2].receiver.share: expected a share of the requests, 0 to 1; it is '2'",
            "bad.yaml:10:5: thresholds[0]: expected a duration like 50ms or 1.5s in 'ack.p99 < quick'; it is 'quick'",
            $"bad.yaml:11:5: thresholds[1]: there is no metric 'speed'; the metrics are {MetricNames}",
            "bad.yaml:12:5: thresholds[2]: 'nowhere/missing == 0' names the phase 'nowhere'; the phases are a, a/b, phase-3",
            "bad.yaml:13:5: thresholds[3]: expected 'metric <= value', with <, <=, ==, >= or >, like 'ack.p99 <= 50ms'; it is 'missing is 0'",
            "bad.yaml:2:9: events.poisonEvery: expected a number above 0: a phase's receiver refuses poison events, and there are none",
            "bad.yaml:1:1: nam: is not a key here; the keys are description, drainTimeout, events, integrations, name, phases, target, thresholds",
        ]);
    }

    [Fact]
    public void Parse_NotYaml_SaysWhere() =>
        Should.Throw<ScenarioException>(() => ScenarioFile.Parse("bad.yaml", "name: x\nphases: [")).Errors.Single().ShouldStartWith("bad.yaml:3:1: not YAML: ");

    [Fact]
    public void Parse_Json_IsRead()
    {
        var scenario = ScenarioFile.Parse("x.json", """{"name": "x", "phases": [{"duration": "1m", "rate": {"from": 10, "to": "2k"}, "receiver": {"delay": "20ms", "share": 0.5}}], "thresholds": ["phase-1/ack.p99.9 <= 1.5s", "throughput >= 300k", "drain <= 5s"]}""");

        var phase = scenario.Phases.Single();
        (phase.Name, phase.Load.Duration, phase.Load.Rate!.To, phase.Receiver.DelayMs, phase.Receiver.Share).ShouldBe(("phase-1", TimeSpan.FromMinutes(1), 2000, 20, 0.5));
        scenario.Thresholds.Select(t => (t.Phase, t.Metric, t.Operator, t.Limit)).ShouldBe(
            [("phase-1", "ack.p99.9", "<=", 1500), (null, "throughput", ">=", 300_000), (null, "drain", "<=", 5)]);
    }

    [Fact]
    public void Read_ShippedScenarios_NoErrors()
    {
        var files = Directory.GetFiles(Path.Combine(Repository(), "perf", "scenarios"), "*.yaml");

        files.Length.ShouldBeGreaterThan(8);
        files.Select(ScenarioFile.Read).ShouldAllBe(scenario => scenario.Thresholds.Count > 0 && scenario.Description.Length > 0);
    }

    [Theory]
    [InlineData("missing == 0", 0d, true)]
    [InlineData("missing == 0", 1d, false)]
    [InlineData("missing == 0", null, false)]
    [InlineData("ack.p99 <= 50ms", 50d, true)]
    [InlineData("ack.p99 < 50", 50d, false)]
    public void Holds_Value_AsTheOperatorSays(string text, double? value, bool holds) => Threshold.Parse(text).Holds(value).ShouldBe(holds);

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Webhook.Actors.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
