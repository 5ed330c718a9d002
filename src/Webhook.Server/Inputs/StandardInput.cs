using System.Security.Cryptography;

namespace Webhook.Server.Inputs;

/// <summary>
/// Reads a stream of lines to its end. The first line after a pause is stored at once; what follows gathers for <see cref="Gather"/> at most, or until it fills a block.
/// </summary>
/// <remarks>
/// Nothing that was read can be read again: a kill costs what was read and not yet stored, at most a block. So that a commit whose answer was lost is not repeated, there are marks here too: of
/// this run, which no other continues.
/// </remarks>
internal sealed class StandardInput(Stream stream, LineStore store, TimeProvider time, ILogger logger)
{
    private const string Source = "standard input";
    private const int ReadBytes = 64 * 1024;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _run = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _read = new byte[ReadBytes];

    /// <param name="stopReading">What was read until then is still stored.</param>
    /// <param name="giveUp">It is not.</param>
    /// <returns>true at the end; false if it was stopped before.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<bool> RunAsync(CancellationToken stopReading, CancellationToken giveUp)
    {
        using var reads = new BlockingReads(stream, Source);
        using var cutter = store.NewCutter(0);
        Task<int>? reading = null;
        var stored = time.GetTimestamp() - time.TimestampFrequency;
        var hasLine = false;
        while (true)
        {
            reading ??= reads.ReadAsync(_read);
            var due = !await ArrivesAsync(reading, hasLine ? Gather - time.GetElapsedTime(stored) : Timeout.InfiniteTimeSpan, stopReading);
            var ended = false;
            if (reading.IsCompleted)
            {
                var length = await reading;
                ended = length == 0;
                reading = null;
                hasLine |= _read.AsSpan(0, length).Contains((byte)'\n');
                await TakeAsync(cutter, length, giveUp);
            }

            var stopped = stopReading.IsCancellationRequested;
            if (due || ended || stopped || (hasLine && time.GetElapsedTime(stored) >= Gather))
            {
                await StoreAsync(cutter, ended, giveUp);
                stored = time.GetTimestamp();
                hasLine = false;
            }

            if (ended) return true;
            if (!stopped) continue;
            if (cutter.Position > cutter.Start) logger.LogWarning("Stopped in the middle of a line of standard input: {Bytes} bytes of it are lost", cutter.Position - cutter.Start);
            return false;
        }
    }

    /// <returns>false: not within the time, or reading is to stop.</returns>
    private async ValueTask<bool> ArrivesAsync(Task<int> reading, TimeSpan within, CancellationToken stop)
    {
        if (reading.IsCompleted) return true;
        if (within <= TimeSpan.Zero && within != Timeout.InfiniteTimeSpan) return false;
        using var first = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(reading, Task.Delay(within, time, first.Token));
        await first.CancelAsync();
        return reading.IsCompleted;
    }

    private async ValueTask TakeAsync(LineCutter cutter, int length, CancellationToken giveUp)
    {
        for (var taken = 0; taken < length;)
        {
            if (cutter.IsFull) await StoreAsync(cutter, end: false, giveUp);
            var free = cutter.Free();
            var part = Math.Min(free.Length, length - taken);
            _read.AsMemory(taken, part).CopyTo(free);
            cutter.Advance(part);
            taken += part;
        }
    }

    private async ValueTask StoreAsync(LineCutter cutter, bool end, CancellationToken giveUp)
    {
        while (cutter.TryTake(end, out var block))
        {
            await store.StoreAsync(block, Source, store.MarkAt((byte[])[.. _run, .. BitConverter.GetBytes(block.End)]), giveUp);
            cutter.Consume();
        }
    }
}
