using System.CommandLine;
using Webhook.Load;
using Webhook.Load.Commands;

// Answers are handled on the thread that polls the sockets: without that each of them costs a hand-over to the thread pool, and one event a request reaches half as many. Read by .NET
// at the first socket.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var load = new RootCommand("Load tests for event forwarders: sends events, receives what is delivered, counts what is missing, repeated or late.")
{
    RunCommand.Create(),
    CheckCommand.Create(),
    ReceiveCommand.Create(),
    SelfTestCommand.Create(),
    IsolationCommand.Create(),
};
var parsed = load.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : code;
