using System.CommandLine;
using Webhook.Server.Receiving;

namespace Webhook.Server.Commands;

/// <summary><c>webhook receive</c>: a receiver for trying things out.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var urls = new Option<string?>("--urls") { Description = "Address to listen on; several with ';' between them. [default: http://127.0.0.1:9000, with --certificate https]" };
        var secretFile = new Option<string?>("--secret-file")
        {
            Description = $"File with the secrets that requests are verified with, one a line; one that fits is enough. Without it {ReceiveArguments.SecretVariable} holds them.",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Print all headers and every event." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line for each request, and one with the summary at the end." };
        var fail = new Option<string[]>("--fail")
        {
            Description = "Answer with this status: 503:10% of the requests, 500:first=3 of them, or 503 always. May be repeated.",
            DefaultValueFactory = static _ => [],
        };
        var delay = new Option<string?>("--delay") { Description = "Wait before each answer: 200ms, or 50ms..2s at random." };
        var reset = new Option<string?>("--reset") { Description = "Take this share of the batches, as 5%, and break the connection instead of answering." };
        var refuseEvent = new Option<string[]>("--refuse-event")
        {
            Description = "Refuse events that hold this text. May be repeated.",
            DefaultValueFactory = static _ => [],
        };
        var refuseWith = new Option<string>("--refuse-with")
        {
            Description = "How events are refused: 422 for the whole batch, or 207, which names them and takes the others.",
            DefaultValueFactory = static _ => "422",
        };
        refuseWith.AcceptOnlyFromAmong("422", "207");
        var retryAfter = new Option<int?>("--retry-after") { Description = "Send Retry-After with these seconds along with what --fail and --too-large answer." };
        var tooLarge = new Option<long?>("--too-large") { Description = "Answer 413 to bodies of more bytes than this, as they are sent." };
        var seed = new Option<int?>("--seed") { Description = "Make the same faults again: those of the n-th request depend on this number only." };
        var certificate = new Option<string?>("--certificate") { Description = "File with the certificate for TLS, and those between it and its root behind it; PEM." };
        var certificateKey = new Option<string?>("--certificate-key") { Description = "File with its key, if that is not in the same one; PEM, not encrypted." };
        var clientCa = new Option<string?>("--client-ca") { Description = "File with the root that clients' certificates must chain to; without one, none is asked for." };

        var command = new Command("receive", "Receives batches, verifies them, prints what comes, and fails on purpose if asked to: for trying things out.")
        {
            urls, secretFile, verbose, json, fail, delay, reset, refuseEvent, refuseWith, retryAfter, tooLarge, seed, certificate, certificateKey, clientCa,
        };
        command.SetAction((parsed, cancellation) => ReceiveRun.RunAsync(
            new ReceiveArguments
            {
                Urls = parsed.GetValue(urls),
                SecretFile = parsed.GetValue(secretFile),
                Verbose = parsed.GetValue(verbose),
                Json = parsed.GetValue(json),
                Fail = parsed.GetRequiredValue(fail),
                Delay = parsed.GetValue(delay),
                Reset = parsed.GetValue(reset),
                RefuseEvents = parsed.GetRequiredValue(refuseEvent),
                NamesRefused = parsed.GetRequiredValue(refuseWith) == "207",
                RetryAfterSeconds = parsed.GetValue(retryAfter),
                TooLarge = parsed.GetValue(tooLarge),
                Seed = parsed.GetValue(seed),
                Certificate = parsed.GetValue(certificate),
                CertificateKey = parsed.GetValue(certificateKey),
                ClientCa = parsed.GetValue(clientCa),
            },
            cancellation));
        return command.WithExamples(
            "webhook receive --secret-file secret",
            "webhook receive --fail 503:10% --delay 50ms..2s --seed 1",
            "webhook receive --refuse-event '\"severity\":7' --refuse-with 207 --json | jq .count");
    }
}
