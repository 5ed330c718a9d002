using System.Diagnostics;
using System.Text.Json.Nodes;
using Webhook.Server.Tests.Client;
using Webhook.Testing;

namespace Webhook.Server.Tests.LogTools;

/// <summary>The real program in a pipe: what comes out, how it ends, what it leaves behind; and beside a real server.</summary>
public sealed class LogProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task In_a_pipe_a_damaged_log_is_told_in_whole_lines_and_repaired_only_when_told_to()
    {
        using var data = await DataFolder.CreateAsync();
        using var temporary = new TemporaryFolder();
        data.Damage("*.sst", "truncate");
        var before = data.Snapshot();

        var verified = await RunAsync(temporary, "verify", "--data", data.Path);
        (verified.ExitCode, verified.Error).ShouldBe((ExitCode.Failed, ""), verified.ToString());
        verified.Output.ShouldNotContain('\u001b');
        verified.Output.Split('\n')[1].ShouldMatch(@"^\d+-\d+ +\d+ +.*", "the row of a loss is one line");
        verified.Output.Split('\n')[2].ShouldBeEmpty();

        var asked = await RunAsync(temporary, "repair", "--data", data.Path);
        asked.ExitCode.ShouldBe(ExitCode.WrongUsage);
        asked.Output.ShouldBe(verified.Output, "what will be lost is said before it is asked");
        asked.Error.ShouldMatch($@"^webhook: Repair {data.Log} and lose \d+ events for good\? Nobody can be asked, because standard input is no terminal: say so with --yes\n$");
        data.Snapshot().ShouldBe(before);

        var repaired = await RunAsync(temporary, "repair", "--data", data.Path, "--yes", "--json");
        (repaired.ExitCode, repaired.Error).ShouldBe((ExitCode.Done, ""), repaired.ToString());
        Directory.Exists(JsonNode.Parse(repaired.Output)!["copy"]!.GetValue<string>()).ShouldBeTrue();
        (await RunAsync(temporary, "verify", "--data", data.Path)).ExitCode.ShouldBe(ExitCode.Done);
        Directory.GetFileSystemEntries(temporary.Path, "webhook-log-*").ShouldBeEmpty("views are taken away");
    }

    [Fact]
    public async Task The_log_of_a_running_server_is_left_alone()
    {
        using var data = await DataFolder.CreateAsync();
        using var temporary = new TemporaryFolder();
        using var server = Start(temporary, ["serve", "--data", data.Path, "--urls", "http://127.0.0.1:0"]);
        try
        {
            // Its first line comes when it serves.
            await server.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
            foreach (var command in (string[])["inspect", "verify", "repair"])
            {
                var result = await RunAsync(temporary, command, "--data", data.Path, "--json");
                (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
                result.Error.ShouldContain("is in use, probably by a running server");
            }
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        (await RunAsync(temporary, "verify", "--data", data.Path)).ExitCode.ShouldBe(ExitCode.Done);
    }

    private static async Task<CommandResult> RunAsync(TemporaryFolder temporary, params string[] arguments)
    {
        using var process = Start(temporary, ["log", .. arguments]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        return new CommandResult(process.ExitCode, await output, await error);
    }

    private static Process Start(TemporaryFolder temporary, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "webhook.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary.Path;
        start.Environment["WEBHOOK_ADMIN_TOKEN"] = "admin-token-of-the-tests-000";
        return Process.Start(start)!;
    }
}
