using Webhook.Actors.Integrations;
using Webhook.Server.Checking;
using Webhook.Server.IntegrationFiles;

namespace Webhook.Server.Tests.Checking;

public sealed class CheckOutputTests
{
    private static readonly IntegrationSettings Settings = new() { Endpoint = new Uri("https://r.example:8443/services/key?token=hunter2") };

    private static readonly IntegrationSettings Local = new() { Type = IntegrationType.Local, Endpoint = IntegrationSettings.StandardOutput };

    private static readonly CheckReport Report = new(
        ["Webhook:Ingst: unknown setting"],
        [new CheckedFile("good.yaml", 3), new CheckedFile("bad.yaml", null), new CheckedFile("empty.yaml", 0), new CheckedFile("dragent.yaml", null)],
        [
            new FileProblem("bad.yaml", new FilePlace(3, 9), "integrations[0].type", "is missing", IsWarning: false),
            new FileProblem("bad.yaml", null, null, "cannot be read", IsWarning: false),
            new FileProblem("empty.yaml", new FilePlace(1, 1), "integrations", "is empty", IsWarning: true),
        ],
        [
            new LiveResult("good.yaml", new FileIntegration(0, "edge", Settings), new LaneProtocol.TestReport(
                true, [new("resolve", true, 1.25, null), new("tls", true, 10, null), new("status", true, 0.04, "the receiver answered 204")], 204, null)),
            new LiveResult("good.yaml", new FileIntegration(1, null, Settings), new LaneProtocol.TestReport(false, [new("resolve", false, 3, "no such host")], null, "no such host")),
            new LiveResult("good.yaml", new FileIntegration(2, null, Local), null),
        ],
        IsLiveSkipped: false);

    [Fact]
    public void Write_Terminal_IsATable() => Write(Report, isTerminal: true).ShouldBe("""
        settings: Webhook:Ingst: unknown setting
        bad.yaml:3:9: integrations[0].type: is missing
        bad.yaml: cannot be read
        empty.yaml:1:1: warning: integrations: is empty

          settings      1 error
          good.yaml     ok, 3 integrations
          bad.yaml      2 errors
          empty.yaml    ok, 1 warning, no integration
          dragent.yaml  ok

          integration             receiver                resolve  address  connect  tls      request  status  result
          integrations[0] 'edge'  https://r.example:8443  1.3 ms                     10.0 ms           0.0 ms  ok, answered 204
          integrations[1]         https://r.example:8443  3.0 ms                                               failed at resolve: no such host
          integrations[2]         stdout                                                                       not tested: it writes to standard output

        """);

    [Fact]
    public void Write_Pipe_IsALineForEachThing() => Write(Report, isTerminal: false).ShouldBe("""
        settings: Webhook:Ingst: unknown setting
        bad.yaml:3:9: integrations[0].type: is missing
        bad.yaml: cannot be read
        empty.yaml:1:1: warning: integrations: is empty
        settings: 1 error
        good.yaml: ok, 3 integrations
        bad.yaml: 2 errors
        empty.yaml: ok, 1 warning, no integration
        dragent.yaml: ok
        good.yaml: integrations[0] 'edge': https://r.example:8443: ok, answered 204; resolve 1.25 ms; tls 10 ms; status 0.04 ms
        good.yaml: integrations[1]: https://r.example:8443: failed at resolve: no such host; resolve 3 ms
        good.yaml: integrations[2]: stdout: not tested: it writes to standard output

        """);

    [Fact]
    public void Write_Json_HasEverything() => Write(Report with { Live = null }, isJson: true).ShouldBe("""
        {"succeeded":false,"settingsErrors":["Webhook:Ingst: unknown setting"],"files":[{"path":"good.yaml","integrations":3,"errors":[],"warnings":[]},{"path":"bad.yaml","integrations":null,"errors":[{"line":3,"column":9,"key":"integrations[0].type","message":"is missing"},{"line":null,"column":null,"key":null,"message":"cannot be read"}],"warnings":[]},{"path":"empty.yaml","integrations":0,"errors":[],"warnings":[{"line":1,"column":1,"key":"integrations","message":"is empty"}]},{"path":"dragent.yaml","integrations":null,"errors":[],"warnings":[]}],"live":null}

        """);

    private static string Write(CheckReport report, bool isJson = false, bool isTerminal = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        CheckOutput.Write(report, isJson, isTerminal, output);
        return output.ToString();
    }
}
