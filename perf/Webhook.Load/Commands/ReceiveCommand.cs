using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Webhook.Load.Receiving;
using Webhook.Load.Running;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Commands;

/// <summary><c>receive</c>: the receiver in a process of its own, which can be put on other cores than the generator.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Address and port that deliveries come to.", DefaultValueFactory = _ => "127.0.0.1:9000" };
        var control = new Option<int>("--control") { Description = "Port on loopback that a run steers it by.", DefaultValueFactory = _ => 9001 };
        var command = new Command("receive", "Only the receiver; a run with --receiver uses it. Runs until it is interrupted.") { listen, control };
        command.SetAction((parsed, cancellation) => Guarded.RunAsync(() => ServeAsync(parsed.GetRequiredValue(listen), parsed.GetValue(control), cancellation)));
        return command;
    }

    private static async Task<int> ServeAsync(string listen, int control, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(listen, out var address)) throw new ScenarioException([$"--listen '{listen}': expected address and port, like 127.0.0.1:9000"]);
        try
        {
            await using var host = await ReceiverHost.StartAsync(address, control);
            Console.WriteLine($"deliveries {host.Deliveries}");
            Console.WriteLine($"control    {host.Control} (give it to 'run --receiver')");
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new TargetException($"The receiver cannot listen on {listen} and its control port {control}: {e.Message}; take others with --listen and --control");
        }
        catch (OperationCanceledException)
        {
            // Interrupted: that is its end.
        }

        return ExitCode.Passed;
    }
}
