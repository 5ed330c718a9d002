using System.CommandLine;
using Webhook.Server.Commands;

// The host owns SIGTERM and takes the time it needs to drain; the parser's own limit of two seconds would cut it off.
return await WebhookCommand.RunAsync(args, new InvocationConfiguration { ProcessTerminationTimeout = null });
