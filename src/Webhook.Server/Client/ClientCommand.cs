using System.CommandLine;
using Webhook.Server.Client.Output;

namespace Webhook.Server.Client;

/// <summary>What all commands that talk to a server share: their options, and how they fail.</summary>
internal static class ClientCommand
{
    /// <summary>Adds the options of a client and runs <paramref name="run"/> with them.</summary>
    public static Command OnServer(this Command command, Func<ClientSession, ParseResult, CancellationToken, Task<int>> run)
    {
        var server = new Option<string?>("--server") { Description = $"URL of the server. Without it {ServerAddress.ServerVariable}, else {ServerAddress.Default}.", HelpName = "URL" };
        var tokenFile = new Option<string?>("--token-file") { Description = "File that holds the access token. Without it WEBHOOK_ADMIN_TOKEN.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text." };
        command.Options.Add(server);
        command.Options.Add(tokenFile);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var io = parsed.InvocationConfiguration;
            try
            {
                using var api = new ApiClient(ServerAddress.Find(parsed.GetValue(server), parsed.GetValue(tokenFile)));
                return await run(new ClientSession(api, new ClientOutput(io.Output, parsed.GetValue(json)), io.Error), parsed, cancellation);
            }
            catch (ClientFailure failure)
            {
                return failure.Report(io.Error);
            }
        });
        return command;
    }
}

/// <summary>One run of a command: the server, and where to say what.</summary>
internal sealed record ClientSession(ApiClient Api, ClientOutput Output, TextWriter Error);
