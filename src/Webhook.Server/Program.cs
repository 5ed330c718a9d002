using System.CommandLine;
using Webhook.Server;
using Webhook.Server.Commands;

var parsed = WebhookCommand.Create().Parse(args);

// The host owns SIGTERM and takes the time it needs to drain; the parser's own limit of two seconds would cut it off.
var ended = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : ended;
