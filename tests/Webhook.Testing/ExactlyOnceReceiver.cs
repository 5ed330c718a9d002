using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Webhook.Testing;

/// <summary>
/// A receiver that has every event once, as the documentation tells receivers to: it remembers which ranges of sequences it has taken, per endpoint and partition, and drops a
/// request whose range lies inside one of them. A replay (<c>X-Webhook-Replay</c>) is meant to come again and is always taken.
/// </summary>
public sealed class ExactlyOnceReceiver : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Path, int Partition), List<(long First, long Last)>> _ranges = [];
    private readonly List<ReceivedRequest> _taken = [];
    private Receiver _receiver = null!;

    public Uri Url => _receiver.Url;

    /// <summary>What was taken, in order; without what was dropped.</summary>
    public IReadOnlyList<ReceivedRequest> Taken
    {
        get
        {
            lock (_lock) return [.. _taken];
        }
    }

    /// <summary>Requests answered with 200 and dropped: their events are here already.</summary>
    public int Dropped { get; private set; }

    /// <summary>Ranges that were here in part: the sender cut its batches anew, and nobody can drop half a request.</summary>
    public int Overlapping { get; private set; }

    /// <param name="fault">Runs first; what it answers with anything but 2xx is not taken. One that aborts the connection leaves the sender in doubt: the request counts as taken.</param>
    public static async Task<ExactlyOnceReceiver> StartAsync(Func<ReceivedRequest, HttpContext, Task>? fault = null, int port = 0)
    {
        var receiver = new ExactlyOnceReceiver();
        receiver._receiver = await Receiver.StartAsync(
            async (request, context) =>
            {
                if (fault is not null) await fault(request, context);
                if (context.Response.StatusCode is >= 200 and < 300) receiver.Take(request);
            },
            port: port, keeps: false);
        return receiver;
    }

    public Task WaitAsync(Func<IReadOnlyList<ReceivedRequest>, bool> enough, TimeSpan? deadline = null) =>
        Until.HoldsAsync(() => enough(Taken), () => $"{Taken.Count} requests were taken and {Dropped} dropped", deadline);

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private void Take(ReceivedRequest request)
    {
        lock (_lock)
        {
            var partition = (request.Path, (int)Number(request, "X-Webhook-Partition"));
            var (first, last) = (Number(request, "X-Webhook-First-Sequence"), Number(request, "X-Webhook-Last-Sequence"));
            if (!_ranges.TryGetValue(partition, out var ranges)) _ranges[partition] = ranges = [];
            if (!request.Headers.ContainsKey("X-Webhook-Replay"))
            {
                if (ranges.Exists(range => range.First <= first && last <= range.Last))
                {
                    Dropped++;
                    return;
                }

                if (ranges.Exists(range => range.First <= last && first <= range.Last)) Overlapping++;
            }

            ranges.Add((first, last));
            _taken.Add(request);
        }
    }

    private static long Number(ReceivedRequest request, string header) => long.Parse(request.Headers[header], CultureInfo.InvariantCulture);
}
