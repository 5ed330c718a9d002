using System.Diagnostics;
using System.Text.Json.Nodes;
using Webhook.Server.Tests.Serving;

namespace Webhook.Server.Tests.Client;

/// <summary>The real program in a pipe, once of each family: exit codes, standard input, the environment, and that nothing but text comes out.</summary>
[Collection(ClientTests.Name)]
public sealed class ProgramRunTests(ClientServer server)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("top", "ID  NAME")]
    [InlineData("integrations list", "ID  NAME")]
    [InlineData("keys list", "NAME")]
    [InlineData("cert list", "There is no certificate.")]
    [InlineData("audit --limit 1", "ID  TIME")]
    [InlineData("dead-letters list exists", "There is no dead letter to show.")]
    public async Task In_a_pipe_there_is_text_and_no_control_sequence(string command, string expected)
    {
        var result = await RunAsync(command);
        result.ExitCode.ShouldBe(ExitCode.Done, result.ToString());
        result.Output.ShouldContain(expected);
        result.Output.ShouldNotContain('\u001b');
        result.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_comes_from_standard_input()
    {
        var created = await RunAsync("integrations create --file - --json", """{"type":"WEBHOOK","name":"piped","connectionInfo":{"endpoint":"https://r.example/hook"}}""");
        created.ExitCode.ShouldBe(ExitCode.Done, created.ToString());
        JsonNode.Parse(created.Output)!["name"]!.GetValue<string>().ShouldBe("piped");
        var refused = await RunAsync("integrations delete piped");
        (refused.ExitCode, refused.Output).ShouldBe((ExitCode.WrongUsage, ""), "standard input is no terminal");
        (await RunAsync("integrations delete piped --yes")).ExitCode.ShouldBe(ExitCode.Done);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_tried()
    {
        var result = await RunAsync("replay exists --from 1h --dry-run", token: null);
        result.ShouldBe(new CommandResult(
            ExitCode.WrongUsage, "", $"webhook: there is no token for {server.Address}; set WEBHOOK_ADMIN_TOKEN, or give the file that holds it with --token-file\n"));
    }

    [Fact]
    public async Task A_wrong_token_of_the_environment_is_named_by_its_variable()
    {
        var result = await RunAsync("top", token: "wrong-token-0000000000000000");
        (result.ExitCode, result.Error).ShouldBe((ExitCode.Unavailable, $"webhook: the server at {server.Address.ToString().TrimEnd('/')} does not know the token of WEBHOOK_ADMIN_TOKEN\n"));
    }

    [Fact]
    public async Task Tail_ends_when_its_reader_goes_and_when_it_is_told_to()
    {
        using var tail = Start("tail --json", ProgramServer.AdminToken);
        using var goesOn = Start("tail --json", ProgramServer.AdminToken);
        var first = tail.StandardOutput.ReadLineAsync();
        var second = goesOn.StandardOutput.ReadLineAsync();
        using var deadline = new CancellationTokenSource(Deadline);
        var both = Task.WhenAll(first, second);
        while (!both.IsCompleted)
        {
            // Whatever the outcome, an attempt is an attempt.
            await server.RunAsync("integrations", "test", "exists");
            deadline.Token.ThrowIfCancellationRequested();
        }

        JsonNode.Parse((await first)!)!["integration"]!["name"]!.GetValue<string>().ShouldBe("exists");
        tail.StandardOutput.Close();
        while (!tail.HasExited)
        {
            await server.RunAsync("integrations", "test", "exists");
            deadline.Token.ThrowIfCancellationRequested();
        }

        tail.ExitCode.ShouldBe(ExitCode.Done);
        Webhook.Testing.Command.Run("kill", "-TERM", $"{goesOn.Id}");
        await goesOn.WaitForExitAsync(deadline.Token);
        goesOn.ExitCode.ShouldBe(ExitCode.Done);
    }

    private async Task<CommandResult> RunAsync(string arguments, string? input = null, string? token = ProgramServer.AdminToken)
    {
        using var process = Start(arguments, token);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        return new CommandResult(process.ExitCode, await output, await error);
    }

    private Process Start(string arguments, string? token)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "webhook.dll"), .. arguments.Split(' ')])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WEBHOOK_SERVER"] = server.Address.ToString();
        start.Environment.Remove("WEBHOOK_ADMIN_TOKEN");
        if (token is not null) start.Environment["WEBHOOK_ADMIN_TOKEN"] = token;
        return Process.Start(start)!;
    }
}
