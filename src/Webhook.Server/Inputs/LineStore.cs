using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Server.Ingest;

namespace Webhook.Server.Inputs;

/// <summary>
/// Takes an input's blocks into the log, with the input's mark. A log that is behind, full or cannot write is asked again until it takes them: meanwhile the input reads nothing more, and so holds
/// back whoever writes into its pipe. Nothing is dropped but what is no event (<see cref="RefusedLines"/>) and what is not transmitted.
/// </summary>
internal sealed class LineStore(
    InputDefinition input, RefusedLines refused, EventLogWriter writer, IEventLog log, IngestOptions options, WebhookMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryAfterFault = TimeSpan.FromSeconds(5);

    private bool _isHeldUp;

    /// <summary>A cutter for this input's lines.</summary>
    public LineCutter NewCutter(long start) => new(options.MaxEventBytes, options.MaxEvents, start);

    public InputMark MarkAt(ReadOnlyMemory<byte> place) => new(input.Name, place);

    /// <summary>Completes when everything in the block is durable, kept as refused, or dropped on purpose, and the mark is stored.</summary>
    /// <param name="source">The file that the lines stand in.</param>
    /// <param name="stop">Ends the waiting for a log that takes nothing.</param>
    /// <exception cref="OperationCanceledException">Nothing of the block was stored, and the mark is where it was.</exception>
    public async ValueTask StoreAsync(LineBlock block, string source, InputMark mark, CancellationToken stop)
    {
        if (block.IsOverlong)
        {
            refused.Keep([Overlong(block)], source);
            await SaveMarkAsync(mark, stop);
            return;
        }

        var bad = new List<RefusedLine>();
        var events = Parse(block, bad);
        refused.Keep(bad, source);
        if (!input.IsTransmitted && events is not null)
        {
            metrics.InputDropped(input.Name, events.Count);
            events.Dispose();
            events = null;
        }

        if (events is null)
        {
            await SaveMarkAsync(mark, stop);
            return;
        }

        await UntilTakenAsync(
            async () =>
            {
                // What was handed over once is gone, taken or not.
                var taken = await writer.AppendAsync(events ?? Parse(block, null)!, mark, CancellationToken.None);
                events = null;
                return taken switch
                {
                    AppendResult.Appended => null,
                    AppendResult.Behind behind => (behind.RetryAfter, behind.Reason),
                    AppendResult.Unavailable unavailable => (unavailable.RetryAfter, unavailable.Reason),
                    var unknown => throw new InvalidOperationException($"The event log answered {unknown}, which inputs do not know."),
                };
            },
            mark, stop);
    }

    /// <summary>Stores the mark alone; waits as <see cref="StoreAsync"/> does.</summary>
    public ValueTask SaveMarkAsync(InputMark mark, CancellationToken stop) => UntilTakenAsync(
        async () =>
        {
            await log.SaveMarkAsync(mark, CancellationToken.None);
            return null;
        },
        mark, stop);

    /// <param name="tryAsync">null when it is done; else after which time to try again, and why.</param>
    private async ValueTask UntilTakenAsync(Func<ValueTask<(TimeSpan RetryAfter, string Reason)?>> tryAsync, InputMark mark, CancellationToken stop)
    {
        while (true)
        {
            (TimeSpan RetryAfter, string Reason)? refusal;
            try
            {
                refusal = await tryAsync();
            }
            catch (EventLogException e)
            {
                refusal = (RetryAfterFault, e.Message);
            }

            if (refusal is not { } again) break;
            if (!_isHeldUp) logger.LogWarning("The input {Input} waits and reads nothing: {Reason}", input.Name, again.Reason);
            _isHeldUp = true;
            await Task.Delay(again.RetryAfter, time, stop);

            // A commit whose sync failed may be found in the log all the same when that is opened anew; the mark tells.
            if (await log.FindMarkAsync(mark.Input, CancellationToken.None) is { } stored && stored.Value.Span.SequenceEqual(mark.Value.Span)) break;
        }

        if (_isHeldUp) logger.LogInformation("The input {Input} goes on", input.Name);
        _isHeldUp = false;
    }

    /// <param name="bad">Gets the lines that are no events; null if they are known already.</param>
    /// <returns>null if there is no event.</returns>
    private IncomingEvents? Parse(LineBlock block, List<RefusedLine>? bad)
    {
        if (Run(block.Bytes) is not { } parsed) return null;
        foreach (var refusal in bad is null ? [] : parsed.Refused)
        {
            var line = LineAt(block.Bytes, refusal.Offset);
            bad!.Add(new RefusedLine(block.Start + refusal.Offset, line.Length, IngestErrors.WordOf(refusal.Kind), ReasonOf(line, refusal), line[..Math.Min(line.Length, LineCutter.KeptOfOverlong)]));
        }

        if (parsed.Events.Count > 0) return parsed.Events;
        parsed.Events.Dispose();
        return null;
    }

    private ParseResult.Parsed? Run(ReadOnlyMemory<byte> lines)
    {
        var body = EventMemory.Rent(lines.Length);
        lines.CopyTo(body);
        var now = time.GetUtcNow();
        var result = input.Target.IsFalco
            ? FalcoParser.Parse(body, lines.Length, BodyFraming.Lines, options, now, int.MaxValue)
            : EventParser.Parse(input.Target.Channel, body, lines.Length, BodyFraming.Lines, options, EventTimestamp.From(now), int.MaxValue);
        if (result is ParseResult.Parsed parsed) return parsed;

        // Only blank lines: there are never more lines than events are allowed.
        EventMemory.Return(body);
        return null;
    }

    /// <summary>In a reason the places are those in the body; what is kept is one line, so it is asked for again alone.</summary>
    private string ReasonOf(ReadOnlyMemory<byte> line, EventRefusal inBlock)
    {
        if (Run(line) is not { } alone) return inBlock.Reason;
        alone.Events.Dispose();
        return alone.Refused is [var refusal, ..] ? refusal.Reason : inBlock.Reason;
    }

    private RefusedLine Overlong(LineBlock block) => new(
        block.Start, block.OverlongBytes, IngestErrors.WordOf(IngestFault.EventTooLarge),
        FormattableString.Invariant($"is {block.OverlongBytes} bytes long; the limit is {options.MaxEventBytes}"), block.Bytes);

    private static ReadOnlyMemory<byte> LineAt(ReadOnlyMemory<byte> lines, int offset)
    {
        var line = lines[offset..];
        var end = line.Span.IndexOf((byte)'\n');
        if (end >= 0) line = line[..end];
        return line[..line.Span.TrimEnd(" \t\r"u8).Length];
    }
}
