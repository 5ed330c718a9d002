using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Server.Commands;
using Webhook.Server.Tests.Serving;
using Webhook.Testing;

namespace Webhook.Server.Tests.Client;

/// <summary>The whole program, and the command line that is pointed at it. Deliveries may reach the tests' receivers.</summary>
public sealed class ClientServer : ProgramServer, IDisposable
{
    private readonly TemporaryFolder _files = new();

    protected override Dictionary<string, string?> MoreSettings => new() { ["Webhook:Egress:AllowedAddresses:0"] = "127.0.0.0/8" };

    /// <summary>Runs a command as an admin.</summary>
    public Task<CommandResult> RunAsync(params IEnumerable<string> arguments) =>
        CommandResult.OfAsync([.. arguments, "--server", Address.ToString(), "--token-file", FileWith(AdminToken + "\n")]);

    /// <summary>Runs it, expects that it is done and says nothing on standard error, and returns its JSON.</summary>
    public async Task<JsonNode> JsonAsync(params IEnumerable<string> arguments)
    {
        var result = await RunAsync([.. arguments, "--json"]);
        result.ExitCode.ShouldBe(ExitCode.Done, result.ToString());
        result.Error.ShouldBeEmpty();
        return JsonNode.Parse(result.Output)!;
    }

    /// <summary>Runs it, expects that it is done, and returns what it says.</summary>
    public async Task<string> TextAsync(params IEnumerable<string> arguments)
    {
        var result = await RunAsync(arguments);
        result.ExitCode.ShouldBe(ExitCode.Done, result.ToString());
        result.Error.ShouldBeEmpty();
        return result.Output;
    }

    /// <summary>A file of the test's.</summary>
    public string FileWith(string content)
    {
        var file = NewFile();
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>A path where nothing is yet.</summary>
    public string NewFile() => Path.Combine(_files.Path, Guid.NewGuid().ToString("N"));

    /// <summary>Events as a producer sends them.</summary>
    public async Task SendEventsAsync(string body, string channel = "SECURE_EVENTS_POLICIES")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/events/{channel}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", IngestKey);
        using var response = await Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(202, await response.Content.ReadAsStringAsync());
    }

    void IDisposable.Dispose()
    {
        _files.Dispose();
        Dispose();
    }
}

/// <summary>What a command said, and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public static async Task<CommandResult> OfAsync(params IReadOnlyList<string> arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await WebhookCommand.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = error });
        return new CommandResult(code, output.ToString(), error.ToString());
    }
}

/// <summary>Tests that share one running program, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ClientTests : ICollectionFixture<ClientServer>
{
    public const string Name = "The command line against a running server";
}
