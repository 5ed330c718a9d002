using System.Runtime.CompilerServices;
using Webhook.Actors.Sending;

namespace Webhook.Server.Producing;

/// <summary>Takes batches off an input, at most so many events a second, and has several sent at a time. What is in memory is what is being sent.</summary>
internal sealed class EventPump(InputReader input, IEventTarget target, int connections, double? eventsPerSecond, TimeProvider time)
{
    private readonly RequestPace _pace = new(eventsPerSecond, time);
    private SendStop? _stop;

    /// <returns>null: all of the input was settled. Else why it ended before.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<SendStop?> RunAsync(CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await Parallel.ForEachAsync(
                PacedAsync(stopping.Token), new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = stopping.Token },
                async (batch, ending) =>
                {
                    using (batch)
                    {
                        if (await target.SendAsync(batch, ending) is not { } stop) return;
                        Interlocked.CompareExchange(ref _stop, stop, null);
                        await stopping.CancelAsync();
                    }
                });
        }
        catch (OperationCanceledException) when (_stop is not null)
        {
            // The others were cut off by the one that cannot go on.
        }

        return _stop;
    }

    private async IAsyncEnumerable<InputBatch> PacedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in input.ReadAsync(cancellation))
        {
            await _pace.WaitAsync(cancellation, batch.Count);
            yield return batch;
        }
    }
}
