using System.Text;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;

namespace Webhook.Server.LogTools;

/// <summary>Everything that <c>webhook log inspect</c> shows.</summary>
internal sealed record LogOverview(
    string Log, LogContents Contents, IReadOnlyList<CursorState> Cursors, IReadOnlyList<DeadLetterCount> DeadLetters, IReadOnlyList<InputState> Inputs, IReadOnlyList<LogFile> Files,
    IReadOnlyList<LogDamage> Damage, IReadOnlyList<KnownLoss> KnownLosses)
{
    public static async Task<LogOverview> ReadAsync(OpenLog log, LogFolder folder, CancellationToken cancellation)
    {
        var findings = await log.ReadAsync(cancellation);
        return new LogOverview(
            folder.Path, findings.Contents, await CursorsAsync(log.Engine, cancellation),
            [.. log.Engine.DeadLetters.Counts().OrderBy(static count => count.Key).Select(static count => new DeadLetterCount(count.Key, count.Value))],
            [.. (await log.Engine.ListMarksAsync(cancellation)).Select(InputState.Of)], folder.Files(), findings.Damage, findings.KnownLosses);
    }

    private static async Task<IReadOnlyList<CursorState>> CursorsAsync(RocksDbEventLog log, CancellationToken cancellation)
    {
        var states = new List<CursorState>();
        foreach (var (key, sequence) in (await log.ListAsync(cancellation)).OrderBy(static c => c.Key.Integration).ThenBy(static c => c.Key.Replay))
        {
            var before = await RetentionSearch.EventsBeforeAsync(log, key.Partition, sequence, cancellation);
            var cuts = (await log.LoadAsync(key, cancellation))!.Cuts.Count(static cut => !cut.IsFinished);
            states.Add(new CursorState(key.Integration, key.Replay == 0 ? null : key.Replay, sequence, log.Bounds(key.Partition).EventsEver - before, cuts));
        }

        return states;
    }
}

/// <summary>Where an integration is.</summary>
/// <param name="Replay">Its number; null: what the integration has still to get.</param>
/// <param name="Sequence">Everything before it is done.</param>
/// <param name="Lag">Events of the log, of all channels, that it is not past yet.</param>
/// <param name="Batches">Were cut and may have been sent; after a start they are sent as they were cut.</param>
internal sealed record CursorState(long Integration, long? Replay, long Sequence, long Lag, int Batches);

internal sealed record DeadLetterCount(long Integration, long Count);

/// <summary>How far an input has been read.</summary>
/// <param name="Mark">What the input wrote: its text, or Base64 if it is none.</param>
internal sealed record InputState(string Input, string Mark, bool IsBase64)
{
    public static InputState Of(InputMark mark)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(mark.Value.Span);
            if (!text.Any(char.IsControl)) return new InputState(mark.Input, text, IsBase64: false);
        }
        catch (DecoderFallbackException)
        {
            // Bytes that only the input understands.
        }

        return new InputState(mark.Input, Convert.ToBase64String(mark.Value.Span), IsBase64: true);
    }
}
