using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Webhook.Load.Events;
using Webhook.Load.Generating;
using Webhook.Load.Receiving;
using Webhook.Load.Reporting;
using Webhook.Load.Running;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Commands;

/// <summary><c>run</c>: a scenario out of a file, or one phase described by options.</summary>
internal sealed class RunCommand
{
    private readonly Argument<string?> _scenario = new("scenario") { Description = "A scenario file, YAML or JSON; without it the options below describe one phase.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> _events = new("--events") { Description = "Events a request; 1000." };
    private readonly Option<int?> _bytes = new("--bytes") { Description = "Bytes an event; 652." };
    private readonly Option<int?> _connections = new("--connections") { Description = "Requests in flight; 4." };
    private readonly Option<int?> _seconds = new("--seconds") { Description = "How long to send; 10." };
    private readonly Option<double?> _rate = new("--rate") { Description = "Events a second, open loop; without it as fast as the answers come." };
    private readonly Option<int?> _integrations = new("--integrations") { Description = "Integrations; 1." };
    private readonly Option<int?> _batchDelay = new("--batch-delay") { Description = "maxBatchDelayMs of our product's integrations; 50." };

    private readonly Option<Uri?> _server = AddressOption.Create("--server", "Our product's address.", "http://127.0.0.1:8080");
    private readonly Option<Uri?> _ingest = AddressOption.Create("--ingest", "Where any other program takes events by HTTP POST; nothing is then configured, only the receiver's address is printed.");
    private readonly Option<string[]> _header = new("--header") { Description = "'Name: value' on every request; the value may name variables of the environment, ${KEY}. May be repeated.", DefaultValueFactory = _ => [] };
    private readonly Option<int> _listen = new("--listen") { Description = "Port of the receiver on loopback; 0: any that is free.", DefaultValueFactory = _ => Scenario.DefaultPort };
    private readonly Option<Uri?> _receiver = AddressOption.Create("--receiver", "Control address of a receiver that was started by 'receive'.");
    private readonly Option<int?> _process = new("--process") { Description = "Process id of the program under test, for its CPU, memory, writes and, if it is .NET, allocation." };
    private readonly Option<Uri?> _metrics = AddressOption.Create("--metrics", "A Prometheus page of the program under test, to count its syncs on.");
    private readonly Option<string?> _syncsMetric = new("--syncs-metric") { Description = "The counter of syncs on that page." };
    private readonly Option<int> _waitFor = new("--wait-for") { Description = "Seconds that a program given by --ingest may take until its first event arrives.", DefaultValueFactory = _ => 120 };
    private readonly Option<string?> _out = new("--out") { Description = "Folder for results.json and report.html; load-results/NAME-TIME." };

    public static Command Create() => new RunCommand().Build();

    private Command Build()
    {
        var command = new Command("run", "Runs a scenario and judges it: exit 0 when every threshold holds, 1 when one does not.")
        {
            _scenario, _events, _bytes, _connections, _seconds, _rate, _integrations, _batchDelay,
            _server, _ingest, _header, _listen, _receiver, _process, _metrics, _syncsMetric, _waitFor, _out,
        };
        command.SetAction((parsed, cancellation) => Guarded.RunAsync(() => RunAsync(parsed, cancellation)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var scenario = parsed.GetValue(_scenario) is { } file ? FromFile(parsed, file) : FromOptions(parsed);
        var options = new RunOptions(
            parsed.GetValue(_server)!, parsed.GetValue(_ingest), parsed.GetRequiredValue(_header), parsed.GetValue(_receiver), parsed.GetValue(_listen),
            parsed.GetValue(_process), parsed.GetValue(_metrics), parsed.GetValue(_syncsMetric), TimeSpan.FromSeconds(parsed.GetValue(_waitFor)));
        var result = await WatchAsync(view => RunSession.RunAsync(scenario, options, view, TimeProvider.System, cancellation));
        foreach (var line in ClosingLines.Of(result)) Console.WriteLine(line);
        var folder = parsed.GetValue(_out) ?? Path.Combine("load-results", string.Create(CultureInfo.InvariantCulture, $"{result.Name}-{result.StartedAt:yyyyMMdd-HHmmss}"));
        ResultFolder.Write(folder, result);
        Console.WriteLine($"report     {Path.Combine(folder, ResultFolder.Report)}");
        return result.Passed ? ExitCode.Passed : ExitCode.Failed;
    }

    private static async Task<RunResult> WatchAsync(Func<IRunView, Task<RunResult>> run)
    {
        if (Console.IsOutputRedirected) return await run(new PlainView(Console.Out));
        return await AnsiConsole.Live(new Text("")).StartAsync(display => PoolContext.RunAsync(() => run(new LiveView(display))));
    }

    private Scenario FromFile(ParseResult parsed, string file)
    {
        Option[] ofOnePhase = [_events, _bytes, _connections, _seconds, _rate, _integrations, _batchDelay];
        var given = ofOnePhase.Where(option => parsed.GetResult(option) is not null).Select(option => $"{option.Name} is for a run without a scenario; change it in {file}").ToList();
        return given.Count == 0 ? ScenarioFile.Read(file) : throw new ScenarioException(given);
    }

    private Scenario FromOptions(ParseResult parsed)
    {
        var perRequest = parsed.GetValue(_events) ?? 1000;
        var rate = parsed.GetValue(_rate);
        var load = new PhaseLoad(
            TimeSpan.FromSeconds(parsed.GetValue(_seconds) ?? 10), parsed.GetValue(_connections) ?? (rate is null ? 4 : 64), rate is { } steady ? new Rate(steady, steady) : null);
        var delivery = new Dictionary<string, string> { ["maxBatchDelayMs"] = (parsed.GetValue(_batchDelay) ?? 50).ToString(CultureInfo.InvariantCulture) };
        return new Scenario(
            "run", "", new EventShape(parsed.GetValue(_bytes) ?? 652, perRequest), new IntegrationsSetting(parsed.GetValue(_integrations) ?? 1, delivery),
            TargetSetting.None,
            [new PhaseSetting("load", load, Fault.None, IntegrationsAction.Keep, IsMeasured: true)], TimeSpan.FromSeconds(60), Scenario.DefaultThresholds, "");
    }
}
