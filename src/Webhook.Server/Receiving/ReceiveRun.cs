using System.Net.Sockets;

namespace Webhook.Server.Receiving;

/// <summary><c>webhook receive</c>: starts a receiver, says where, and prints what comes until Ctrl-C or SIGTERM.</summary>
internal static class ReceiveRun
{
    public static async Task<int> RunAsync(ReceiveArguments arguments, CancellationToken cancellation)
    {
        try
        {
            var errors = new List<string>();
            var settings = arguments.Read(errors);
            using var tls = settings.Tls;
            if (errors.Count > 0) return Refuse(errors);
            using var output = Console.OpenStandardOutput();
            IReceiptWriter writer = arguments.Json ? new JsonReceipts(output) : new ReadableReceipts(Console.Out, arguments.Verbose);
            await using var receiver = await Receiver.StartAsync(settings, writer, TimeProvider.System, cancellation);
            // With --json nothing but JSON is on standard output.
            (arguments.Json ? Console.Error : Console.Out).WriteLine(
                $"receiving on {receiver.Address}, every path; {Verifies(settings.Secrets.Count)}. Ctrl-C ends it.");
            await receiver.WaitForShutdownAsync(cancellation);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or SocketException or UnauthorizedAccessException)
        {
            return Refuse([e.Message]);
        }
    }

    private static string Verifies(int secrets) => secrets switch
    {
        0 => "nothing is verified, as no secret is given (--secret-file or " + ReceiveArguments.SecretVariable + ")",
        1 => "verified with 1 secret",
        _ => $"verified with {secrets} secrets, one of which is enough",
    };

    private static int Refuse(List<string> errors)
    {
        foreach (var error in errors) Console.Error.WriteLine($"webhook receive: {error}");
        return ExitCode.WrongUsage;
    }
}
