using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Webhook.Server.Producing;

/// <summary>How an input is cut into batches.</summary>
/// <param name="Events">Of a batch, at most.</param>
/// <param name="Bytes">Of a batch, beyond which it takes no further event; one event alone may be larger.</param>
/// <param name="Patience">How long a batch waits for more to come, of an input that is slower than we are.</param>
internal readonly record struct InputLimits(int Events, int Bytes, TimeSpan Patience);

/// <summary>
/// Reads events out of a stream of any length, in bounded memory: NDJSON, a JSON array, or one JSON object over several lines, told by how it begins.
/// </summary>
internal sealed class InputReader(Stream input, InputLimits limits, TimeProvider time)
{
    /// <summary>No server takes a larger event, whatever its settings.</summary>
    public const int MaxEventBytes = 64 * 1024 * 1024;

    private const int SegmentBytes = 256 * 1024;

    /// <summary>The caller disposes each batch. What was read before a fault comes first.</summary>
    /// <exception cref="InputException">It cannot be read on.</exception>
    public async IAsyncEnumerable<InputBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: SegmentBytes, minimumReadSize: SegmentBytes / 4, leaveOpen: true));
        IInputFraming? framing = null;
        var batch = new InputBatch();
        InputException? fault = null;
        try
        {
            while (fault is null)
            {
                var reading = pipe.ReadAsync(cancellation).AsTask();
                if (batch.Count > 0 && !await ComesSoonAsync(reading, cancellation))
                {
                    yield return batch;
                    batch = new InputBatch();
                }

                var read = await reading;
                var left = read.Buffer;
                framing ??= Recognize(ref left, read.IsCompleted);
                while (framing is not null && TryRead(framing, ref left, read.IsCompleted, out var found, out fault))
                {
                    batch.Add(found.Json, found.Line);
                    if (batch.Count < limits.Events && batch.Length < limits.Bytes) continue;
                    yield return batch;
                    batch = new InputBatch();
                }

                if (left.Length > MaxEventBytes)
                    fault ??= new InputException(string.Create(CultureInfo.InvariantCulture, $"an event has more than {MaxEventBytes} bytes, which no server takes"));
                pipe.AdvanceTo(left.Start, left.End);
                if (read.IsCompleted) break;
            }

            if (batch.Count > 0)
            {
                yield return batch;
                batch = new InputBatch();
            }

            if (fault is not null) throw fault;
        }
        finally
        {
            batch.Dispose();
            await pipe.CompleteAsync();
        }
    }

    private async ValueTask<bool> ComesSoonAsync(Task reading, CancellationToken cancellation)
    {
        if (reading.IsCompleted) return true;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = await Task.WhenAny(reading, Task.Delay(limits.Patience, time, waiting.Token));
        await waiting.CancelAsync();
        return first == reading;
    }

    private static bool TryRead(IInputFraming framing, ref ReadOnlySequence<byte> input, bool isEnd, out InputEvent found, out InputException? fault)
    {
        fault = null;
        try
        {
            return framing.TryRead(ref input, isEnd, out found);
        }
        catch (InputException e)
        {
            (found, fault) = (default, e);
            return false;
        }
    }

    /// <returns>null: more is needed to tell.</returns>
    private static IInputFraming? Recognize(ref ReadOnlySequence<byte> input, bool isEnd)
    {
        var reader = new SequenceReader<byte>(input);
        if (!isEnd && reader.Remaining < 3) return null;
        if (reader.IsNext("\uFEFF"u8, advancePast: true)) input = reader.UnreadSequence;
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');
        if (reader.End) return isEnd ? new LineFraming() : null;
        if (reader.TryPeek(out var first) && first == (byte)'[') return new JsonFraming(isArray: true);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n', advancePastDelimiter: false))
            return isEnd || reader.Remaining > SegmentBytes ? new LineFraming() : null;
        return BeginsMore(line) ? new JsonFraming(isArray: false) : new LineFraming();
    }

    /// <summary>The first line is right as far as it goes, but what it begins ends on another.</summary>
    private static bool BeginsMore(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = int.MaxValue }));
        try
        {
            return !reader.Read() || !reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
