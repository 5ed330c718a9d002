using System.CommandLine;
using Webhook.Server.Commands;

var webhook = new RootCommand("Forwards security and platform events to webhooks: batched, signed, retried, and nothing accepted is lost.")
{
    ServeCommand.Create(),
};

// The host owns SIGTERM and takes the time it needs to drain; the parser's own limit of two seconds would cut it off.
return await webhook.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
