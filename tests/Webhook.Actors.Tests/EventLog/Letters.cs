using System.Text;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>Dead letters whose every part follows from their sequence.</summary>
internal static class Letters
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    public static DeadLetter Of(long sequence, long integration = 7, int partition = 0, int padding = 0) => new(
        integration, new DeadLetterId(partition, sequence), sequence % 2 == 0 ? "SECURE_EVENTS_POLICIES" : "ACTIVITY_AUDIT",
        Encoding.UTF8.GetBytes($"{{ \"n\":{sequence}, \"pad\":\"{new string('x', padding)}\"}}"), 1_700_000_000_000_000_000 + sequence,
        $"the receiver answered {(sequence % 3 == 0 ? 422 : 400)} für №{sequence}", sequence % 3 == 0 ? 422 : 400, sequence % 5 == 0 ? null : $"bad field N{sequence}",
        Start.AddMinutes(sequence % 1_000_000));

    public static DeadLetter[] Of(Range sequences, long integration = 7, int padding = 0) =>
        [.. Enumerable.Range(sequences.Start.Value, sequences.End.Value - sequences.Start.Value).Select(n => Of(n, integration, padding: padding))];

    /// <summary>Records hold bytes, which compare by reference.</summary>
    public static string Text(this DeadLetter letter) =>
        $"{letter.Integration} {letter.Id} {letter.Channel} {Encoding.UTF8.GetString(letter.Event.Span)} {letter.AcceptedAtNanoseconds} {letter.Reason} {letter.StatusCode} {letter.Answer ?? "-"} {letter.RefusedAt:O}";

    public static async Task<long[]> SequencesAsync(
        this IDeadLetterStore store, long integration = 7, DeadLetterFilter? filter = null, DeadLetterId? after = null, int limit = 10_000) =>
        [.. (await store.ListAsync(integration, filter ?? new DeadLetterFilter(), after, limit, CancellationToken.None)).Select(l => l.Id.Sequence)];
}
