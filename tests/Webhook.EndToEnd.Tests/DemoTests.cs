using System.Text.RegularExpressions;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The README's first command, and the calls that it shows next.</summary>
public sealed partial class DemoTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_demo_delivers_the_sample_events_in_signed_batches_and_goes_on_serving_also_a_second_time()
    {
        using var data = new TemporaryFolder();
        for (var start = 1; start <= 2; start++)
        {
            await using var webhook = await WebhookProcess.ServeAsync(data.Path, ["--demo"], allowed: null);
            await webhook.WaitForOutputAsync(line => line.StartsWith("demo: ", StringComparison.Ordinal) && line.Contains("arrived at the webhook"), Deadline);
            var output = string.Join('\n', webhook.Output);
            var sentAndArrived = Arrived().Match(output);
            sentAndArrived.Success.ShouldBeTrue(output);
            sentAndArrived.Groups["sent"].Value.ShouldBe(SampleEvents.All.Count.ToString());
            sentAndArrived.Groups["arrived"].Value.ShouldBe(sentAndArrived.Groups["sent"].Value, output);
            output.ShouldContain("demo: deliveries may reach loopback (127.0.0.0/8, ::1/128)");
            output.ShouldContain("X-Webhook-First-Sequence: ");
            output.ShouldContain("signature verified");
            output.ShouldNotContain("SIGNATURE WRONG");

            using var content = new StringContent("""[{"type":"policy","name":"hello","timestamp":1764000000000000000}]""");
            using var response = await webhook.Ingest.PostAsync("/v1/events/SECURE_EVENTS_POLICIES", content);
            ((int)response.StatusCode).ShouldBe(202);
            await webhook.WaitForOutputAsync(line => line.Contains("\"name\":\"hello\"", StringComparison.Ordinal), Deadline);
            (await webhook.TerminateAsync(Deadline)).ExitCode.ShouldBe(0);
        }
    }

    [Fact]
    public void The_readme_shows_the_commands_that_these_tests_run()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Folder, "README.md"));
        readme.ShouldContain("dotnet run -c Release --project src/Webhook.Server -- serve --demo");
        readme.ShouldContain("tests/run.sh");
        readme.ShouldContain("/v1/events/SECURE_EVENTS_POLICIES");
        readme.ShouldContain("""[{"type":"policy","name":"hello","timestamp":1764000000000000000}]""");
        File.Exists(Path.Combine(Repository.Folder, "tests", "run.sh")).ShouldBeTrue();
    }

    [GeneratedRegex(@"demo: (?<sent>\d+) events acknowledged, (?<arrived>\d+) arrived at the webhook")]
    private static partial Regex Arrived();
}
