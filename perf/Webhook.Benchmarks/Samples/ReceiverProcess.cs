using System.Diagnostics;
using Webhook.Load.Http;

namespace Webhook.Benchmarks.Samples;

/// <summary>A receiver that takes everything. A process of its own, so that what it allocates is not counted.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    public const string Command = "receive";

    private readonly Process _process;

    private ReceiverProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<ReceiverProcess> StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(ReceiverProcess).Assembly.GetName().Name + ".dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, Command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The receiver ended before it listened: dotnet {program} {Command}");
        return new ReceiverProcess(process, new Uri(address));
    }

    /// <summary>In the receiver's process: until whoever started it closes its input, or is no more.</summary>
    public static async Task ServeAsync()
    {
        await using var server = await LoopbackServer.StartAsync(0, static context => LoopbackServer.ReadAsync(context, static _ => { }));
        Console.WriteLine(server.Address);
        await Console.In.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
