using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Webhook.Server.Receiving;

/// <summary>What a receiver is started with.</summary>
/// <param name="Urls">Addresses to listen on, several with ';' between them; port 0 takes a free one.</param>
/// <param name="Secrets">Checked; none: nothing is verified.</param>
internal sealed record ReceiverSettings(string Urls, IReadOnlyList<string> Secrets)
{
    public FaultOptions Faults { get; init; } = new();

    public ReceiverTls? Tls { get; init; }
}

/// <summary>A webhook's receiver as a user would write one, on a Kestrel of its own: takes batches on every path. For trying things out; it keeps nothing.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    // Requests that are delayed on purpose do not hold up the end.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly BatchReceiver _batches;
    private readonly IReceiptWriter _writer;
    private readonly SemaphoreSlim _arrived;

    private Receiver(WebApplication app, BatchReceiver batches, IReceiptWriter writer, SemaphoreSlim arrived)
    {
        _app = app;
        _batches = batches;
        _writer = writer;
        _arrived = arrived;
    }

    /// <summary>The first address it listens on, with the port that it really has.</summary>
    public Uri Address { get; private set; } = null!;

    public ReceiverCounts Counts => _batches.Counts;

    /// <exception cref="IOException">It cannot listen there.</exception>
    public static async Task<Receiver> StartAsync(ReceiverSettings settings, IReceiptWriter writer, TimeProvider time, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Nothing of the surroundings has a say: neither files nor variables for another program.
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            if (settings.Tls is { } tls) kestrel.ConfigureHttpsDefaults(tls.ApplyTo);
        });

        var arrived = new SemaphoreSlim(0);
        var batches = new BatchReceiver(new RequestVerifier(settings.Secrets, time), new FaultPlan(settings.Faults), writer, time)
        {
            Received = () => arrived.Release(),
        };
        var app = builder.Build();
        app.Run(batches.HandleAsync);
        foreach (var url in settings.Urls.Split(';')) app.Urls.Add(url);
        var receiver = new Receiver(app, batches, writer, arrived);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }

        receiver.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return receiver;
    }

    /// <summary>Waits until this many events were taken, or until the time is up.</summary>
    /// <returns>How many there are.</returns>
    public async Task<long> WaitForEventsAsync(long events, TimeSpan deadline, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(deadline);
        try
        {
            while (Counts.Events < events) await _arrived.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The caller says how many came.
        }

        return Counts.Events;
    }

    /// <summary>Until Ctrl-C or SIGTERM; then writes the summary.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        await _app.WaitForShutdownAsync(cancellation);
        _writer.Finish(Counts);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }
}
