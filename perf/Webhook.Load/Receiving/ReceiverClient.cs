using System.Net.Http.Json;
using HdrHistogram;
using Webhook.Load.Events;
using Webhook.Load.Latencies;

namespace Webhook.Load.Receiving;

/// <summary>A run's hand on its receiver.</summary>
internal sealed class ReceiverClient(Uri control) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = control };

    /// <summary>Where the receiver takes deliveries; integration i's are under <c>/i</c>.</summary>
    public async Task<Uri> DeliveriesAsync(CancellationToken cancellation) => (await GetAsync<ReceiverAddress>("", cancellation)).Deliveries;

    public Task BeginAsync(string run, int integrations, int poisonEvery, CancellationToken cancellation) =>
        PostAsync("run", new BeginRun(run, integrations, poisonEvery), cancellation);

    /// <summary>Events due from now on are of a new phase, and the receiver fails in this way.</summary>
    public Task BeginPhaseAsync(Fault fault, CancellationToken cancellation) => PostAsync("phase", new BeginPhase(Clock.Micros, fault), cancellation);

    public Task<ReceiverStatus> StatusAsync(CancellationToken cancellation) => GetAsync<ReceiverStatus>("status", cancellation);

    /// <summary>End to end, by phase.</summary>
    public async Task<IReadOnlyList<LongHistogram>> LatenciesAsync(CancellationToken cancellation) =>
        [.. (await GetAsync<string[]>("latencies", cancellation)).Select(EncodedHistogram.Decode)];

    public async Task<EventBitmap> SeenAsync(int integration, CancellationToken cancellation) =>
        new(await _client.GetByteArrayAsync(new Uri($"seen?integration={integration}", UriKind.Relative), cancellation));

    /// <summary>Waits until so many different events are there, or the deadline.</summary>
    public async Task<ReceiverStatus> WaitAsync(long expected, TimeSpan deadline, CancellationToken cancellation)
    {
        var until = Clock.Micros + deadline.ToMicros();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        ReceiverStatus status;
        while ((status = await StatusAsync(cancellation)).Distinct < expected && Clock.Micros < until) await tick.WaitForNextTickAsync(cancellation);
        return status;
    }

    public void Dispose() => _client.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<T>(new Uri(path, UriKind.Relative), cancellation))!;

    private async Task PostAsync<T>(string path, T body, CancellationToken cancellation)
    {
        using var response = await _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, cancellation);
        response.EnsureSuccessStatusCode();
    }
}
