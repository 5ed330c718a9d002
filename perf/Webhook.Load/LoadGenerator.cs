using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Webhook.Load;

/// <summary>What was sent. The latencies are those of the acknowledgements.</summary>
internal sealed record LoadRun(long Acknowledged, long Refused, TimeSpan Took, TimeSpan P50, TimeSpan P99);

/// <summary>Sends as fast as the answers come. Bodies are made once and only their numbers are rewritten, so that the generator stays far cheaper than what it measures.</summary>
internal sealed class LoadGenerator(Uri server, string key, int connections, int eventsEach, int eventBytes)
{
    public const string Channel = "SECURE_EVENTS_POLICIES";

    /// <summary>Unique over all workers, 15 digits, at a fixed place of each event.</summary>
    private const int NumberDigits = 15;
    private readonly Uri _ingest = new(server, $"/v1/events/{Channel}");
    private long _next;

    public async Task<LoadRun> RunAsync(TimeSpan duration, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = Stopwatch.StartNew();
        stop.CancelAfter(duration);
        var workers = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => WorkAsync(client, stop.Token)));
        var took = watch.Elapsed;
        var latencies = workers.SelectMany(w => w.Latencies).Order().ToList();
        return new LoadRun(
            workers.Sum(w => w.Acknowledged), workers.Sum(w => w.Refused), took,
            latencies.ElementAtOrDefault(latencies.Count / 2), latencies.ElementAtOrDefault((int)(latencies.Count * 0.99)));
    }

    private async Task<(long Acknowledged, long Refused, List<TimeSpan> Latencies)> WorkAsync(HttpClient client, CancellationToken stop)
    {
        var (body, places) = Template();
        var (acknowledged, refused) = (0L, 0L);
        var latencies = new List<TimeSpan>();
        while (!stop.IsCancellationRequested)
        {
            var first = Interlocked.Add(ref _next, eventsEach) - eventsEach;
            for (var i = 0; i < places.Length; i++) (first + i).TryFormat(body.AsSpan(places[i], NumberDigits), out _, "D15", CultureInfo.InvariantCulture);
            var started = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(body);
            using var response = await client.PostAsync(_ingest, content, CancellationToken.None);
            latencies.Add(Stopwatch.GetElapsedTime(started));
            if (response.StatusCode == HttpStatusCode.Accepted) acknowledged += eventsEach;
            else refused++;
        }

        return (acknowledged, refused, latencies);
    }

    /// <summary>A policy event with the usual fields, filled up to the size asked for.</summary>
    private (byte[] Body, int[] Places) Template()
    {
        var places = new int[eventsEach];
        var body = new StringBuilder("[");
        for (var i = 0; i < eventsEach; i++)
        {
            if (i > 0) body.Append(',');
            var start = body.Length;
            body.Append("{\"id\":\"");
            places[i] = body.Length;
            body.Append('0', NumberDigits).Append("\",\"type\":\"policy\",\"timestamp\":1764000000000000000,\"severity\":4,\"name\":\"Terminal shell in container\",\"labels\":{\"host.hostName\":\"node-1\"},\"content\":{\"output\":\"");
            body.Append('x', Math.Max(0, eventBytes - (body.Length - start) - 3)).Append("\"}}");
        }

        return (Encoding.ASCII.GetBytes(body.Append(']').ToString()), places);
    }
}
