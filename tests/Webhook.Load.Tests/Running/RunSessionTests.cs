using System.Text.Json;
using Webhook.Load.Reporting;
using Webhook.Load.Running;
using Webhook.Load.Scenarios;
using Webhook.Testing;

namespace Webhook.Load.Tests.Running;

/// <summary>Whole runs; the tool's own receiver stands for a forwarder that delivers at once.</summary>
public sealed class RunSessionTests
{
    private const string Text = """
        name: whole </script><b>
        events: {perRequest: 10}
        phases:
          - {name: warm-up, duration: 200ms, rate: 1000, measured: false}
          - {name: slow, duration: 500ms, rate: 1000, receiver: {delay: 30ms}}
        thresholds:
          - missing == 0
          - slow/ack.p50 >= 30ms
          - e2e.p99 <= 1ms
        """;

    [Fact]
    public async Task A_run_counts_and_judges_and_its_page_holds_the_numbers_of_its_json()
    {
        using var folder = new TemporaryFolder();
        var said = new Lines();

        var result = await RunAsync(Text, said);
        ResultFolder.Write(folder.Path, result);

        said.All.ShouldContain(line => line.StartsWith("Make the program under test deliver", StringComparison.Ordinal));
        (result.Metrics["sent"] + result.Metrics["unsent"]).ShouldBe(700, "so much is due in the two phases");
        (result.Metrics["acknowledged"], result.Metrics["missing"], result.Metrics["duplicates"]).ShouldBe((result.Metrics["sent"], 0d, 0d));
        result.Thresholds.Select(t => t.Holds).ShouldBe([true, true, false], "a delivery cannot take less than the receiver's 30 ms");
        result.Passed.ShouldBeFalse();

        var page = await File.ReadAllTextAsync(Path.Combine(folder.Path, ResultFolder.Report));
        var json = await File.ReadAllTextAsync(Path.Combine(folder.Path, ResultFolder.Results));
        const string Begin = "<script type=\"application/json\" id=\"results\">";
        var data = page[(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..];
        data = data[..data.IndexOf("</script>", StringComparison.Ordinal)];
        JsonElement.DeepEquals(JsonDocument.Parse(data).RootElement, JsonDocument.Parse(json).RootElement).ShouldBeTrue();
        page.ShouldNotContain("{{");
        page.Replace("https://github.com/leeoniya/uPlot", "", StringComparison.Ordinal).ShouldNotContain("src=");
    }

    [Fact]
    public async Task A_secret_that_is_not_in_the_environment_is_named_before_anything_is_sent()
    {
        var error = await Should.ThrowAsync<ScenarioException>(() => RunAsync(Text, new Lines(), "Authorization: Bearer ${NO_SUCH_KEY_IS_SET}"));

        error.Message.ShouldBe("The environment variable NO_SUCH_KEY_IS_SET is not set; the run needs it to be let in by the target");
    }

    private static async Task<RunResult> RunAsync(string text, Lines view, params string[] headers)
    {
        await using var forwarder = await Load.Receiving.ReceiverHost.StartAsync(new(System.Net.IPAddress.Loopback, 0), 0);
        var options = new RunOptions(
            new Uri("http://127.0.0.1:1"), new Uri($"{forwarder.Deliveries}/0"), headers, forwarder.Control, 0, Environment.ProcessId, null, null, TimeSpan.FromSeconds(30));
        return await RunSession.RunAsync(ScenarioFile.Parse("whole.yaml", text), options, view, TimeProvider.System, CancellationToken.None);
    }

    private sealed class Lines : IRunView
    {
        public List<string> All { get; } = [];

        public void Say(string line) => All.Add(line);

        public void Begin(Scenario scenario)
        {
        }

        public void Show(PhaseSetting? phase, double progress, Load.Measuring.Sample sample)
        {
        }
    }
}
