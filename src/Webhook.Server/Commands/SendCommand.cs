using System.CommandLine;
using Webhook.Actors.Events;
using Webhook.Server.Access;
using Webhook.Server.Client;
using Webhook.Server.Producing;

namespace Webhook.Server.Commands;

/// <summary><c>webhook send</c>: events of a file or a pipe, to a server or straight to a webhook.</summary>
internal static class SendCommand
{
    public static Command Create()
    {
        var channel = new Argument<string?>("CHANNEL") { Description = "Where the events belong; not with --falco and --to.", Arity = ArgumentArity.ZeroOrOne, HelpName = "CHANNEL" };
        channel.CompletionSources.Add(static _ => new ChannelList(new ChannelOptions()).Names.Select(static name => new System.CommandLine.Completions.CompletionItem(name)));
        var file = new Argument<string?>("FILE") { Description = "NDJSON, or a JSON array; - or nothing is standard input.", Arity = ArgumentArity.ZeroOrOne, HelpName = "FILE" };
        var falco = new Option<bool>("--falco") { Description = "The events are Falco's alerts." };
        var to = new Option<string?>("--to") { Description = "Send straight to this webhook, as the forwarder would.", HelpName = "URL" };
        var server = new Option<string?>("--server") { Description = $"URL of the server. Without it {ServerAddress.ServerVariable}, else {ServerAddress.Default}.", HelpName = "URL" };
        var keyFile = new Option<string?>("--key-file") { Description = $"File that holds the ingest key. Without it {AccessKeys.IngestKeyVariable}.", HelpName = "FILE" };
        var secretFile = new Option<string?>("--secret-file") { Description = "With --to: file with the secrets, one a line, the newest first; all of them sign.", HelpName = "FILE" };
        var auth = new Option<string?>("--auth") { Description = "With --to: how to prove who sends. [default: SIGNATURE if there is a secret]" };
        auth.AcceptOnlyFromAmong("SIGNATURE", "BASIC_AUTH", "BEARER_TOKEN");
        var style = new Option<string>("--signature-style") { Description = "With --to: which signature.", DefaultValueFactory = static _ => "standard-webhooks" };
        style.AcceptOnlyFromAmong("standard-webhooks", "github");
        var output = new Option<string>("--output") { Description = "With --to: the form of a batch.", DefaultValueFactory = static _ => "json" };
        output.AcceptOnlyFromAmong("json", "ndjson");
        var insecure = new Option<bool>("--insecure") { Description = "With --to: do not verify the receiver's certificate." };
        var batch = new Option<int>("--batch") { Description = "Events of a request.", HelpName = "N", DefaultValueFactory = static _ => 1000 };
        var connections = new Option<int>("--connections") { Description = "Requests at a time.", HelpName = "N", DefaultValueFactory = static _ => 4 };
        var rate = new Option<double?>("--rate") { Description = "Events a second, at most.", HelpName = "N" };
        var compress = new Option<string>("--compress") { Description = "Compress the bodies.", DefaultValueFactory = static _ => "none" };
        compress.AcceptOnlyFromAmong("none", "gzip", "zstd");
        var retryFor = new Option<TimeSpan>("--retry-for")
        {
            Description = "To a server: how long a request that gets no answer, or is asked to wait, is sent again.",
            HelpName = "H:MM:SS",
            DefaultValueFactory = static _ => TimeSpan.FromMinutes(5),
        };
        var refused = new Option<string?>("--refused") { Description = "File for the refused events, one a line; written anew.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };

        var command = new Command("send", "Sends the events of a file or of standard input.")
        {
            channel, file, falco, to, server, keyFile, secretFile, auth, style, output, insecure, batch, connections, rate, compress, retryFor, refused, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var (first, second) = (parsed.GetValue(channel), parsed.GetValue(file));
            // Without a channel the first argument is the file.
            var hasChannel = !parsed.GetValue(falco) && parsed.GetValue(to) is null;
            return SendRun.RunAsync(
                new SendArguments
                {
                    Channel = hasChannel || second is not null ? first : null,
                    Falco = parsed.GetValue(falco),
                    To = parsed.GetValue(to),
                    File = hasChannel || second is not null ? second : first,
                    Server = parsed.GetValue(server),
                    KeyFile = parsed.GetValue(keyFile),
                    SecretFile = parsed.GetValue(secretFile),
                    Authentication = parsed.GetValue(auth),
                    SignatureStyle = parsed.GetRequiredValue(style),
                    Output = parsed.GetRequiredValue(output),
                    Insecure = parsed.GetValue(insecure),
                    BatchEvents = parsed.GetValue(batch),
                    Connections = parsed.GetValue(connections),
                    Rate = parsed.GetValue(rate),
                    Compression = parsed.GetRequiredValue(compress),
                    RetryFor = parsed.GetValue(retryFor),
                    RefusedFile = parsed.GetValue(refused),
                    Json = parsed.GetValue(json),
                },
                cancellation);
        });
        return command.WithExamples(
            "webhook send SECURE_EVENTS_POLICIES events.ndjson",
            "tail -F /var/log/falco/events.json | webhook send --falco",
            "webhook send ACTIVITY_AUDIT events.json --rate 500 --compress zstd --refused refused.ndjson",
            "webhook send --to http://127.0.0.1:9000/hook --secret-file secret events.ndjson");
    }
}
