using System.Globalization;
using System.Text;
using Webhook.Actors.Sending;

namespace Webhook.Server.Receiving;

/// <summary>Receipts for people: the request line, the headers that matter, the beginning of the body, and what became of it.</summary>
/// <param name="verbose">All headers, and the whole body with each event on a line.</param>
internal sealed class ReadableReceipts(TextWriter output, bool verbose = false) : IReceiptWriter
{
    private const int ShownBodyBytes = 600;

    public void Write(Receipt receipt)
    {
        var text = new StringBuilder().AppendLine().AppendLine(AnswerExcerpt.OneLine(receipt.RequestLine));
        foreach (var (name, value) in ReceiptHeaders.Shown(receipt.Headers, verbose)) text.Append(name).Append(": ").AppendLine(value);
        text.AppendLine();
        if (!receipt.Body.IsEmpty) AppendBody(text, receipt);
        text.AppendLine(Verified(receipt.Verdicts));
        if (Told(receipt) is { } told) text.AppendLine(told);
        // In one piece: others write to the same terminal.
        output.Write(text.ToString());
        output.Flush();
    }

    public void Finish(ReceiverCounts counts)
    {
        output.WriteLine();
        output.WriteLine(Line($"requests {counts.Requests}, batches {counts.Batches}, events {counts.Events}, repeats {counts.Repeats}, refused {counts.Refused}, failed on purpose {counts.Failed}"));
        output.Flush();
    }

    private void AppendBody(StringBuilder text, Receipt receipt)
    {
        if (verbose && receipt.Events.Count > 0)
        {
            foreach (var one in receipt.Events) text.AppendLine(Text(receipt.Body.Span.Slice(one.Offset, one.Length)));
            return;
        }

        var shown = receipt.Body.Span[..Math.Min(receipt.Body.Length, ShownBodyBytes)];
        // A letter is not cut in two.
        while (shown.Length < receipt.Body.Length && (receipt.Body.Span[shown.Length] & 0xC0) == 0x80) shown = shown[..^1];
        text.Append(Text(shown)).AppendLine(shown.Length < receipt.Body.Length ? Line($"… ({receipt.Body.Length} bytes)") : "");
    }

    private static string Verified(IReadOnlyList<Verdict> verdicts)
    {
        if (verdicts.Count == 0) return "not verified: no secret was given";
        if (verdicts.FirstOrDefault(static verdict => !verdict.Passed) is { } failed) return $"{failed.Check.ToUpperInvariant()} WRONG: {failed.Reason}";
        return verdicts[0].Check + " verified";
    }

    private static string? Told(Receipt receipt) => receipt switch
    {
        { Outcome: ReceiptOutcome.Taken, Status: null } => "connection broken on purpose (--reset) after the batch was taken",
        { Outcome: ReceiptOutcome.Taken, RefusedEvents.Count: > 0 } => Line($"answered {receipt.Status}: {receipt.Reason}"),
        { Outcome: ReceiptOutcome.Taken } => null,
        { Outcome: ReceiptOutcome.Repeat } => Line($"REPEAT, nothing taken, answered {receipt.Status}: {receipt.Reason}"),
        { Outcome: ReceiptOutcome.Failed } => Line($"failed on purpose with {receipt.Status}: {receipt.Reason}"),
        _ => Line($"REFUSED with {receipt.Status}: {receipt.Reason}"),
    };

    private static string Text(ReadOnlySpan<byte> utf8) => AnswerExcerpt.OneLine(Encoding.UTF8.GetString(utf8));

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
