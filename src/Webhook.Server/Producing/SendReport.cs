using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhook.Server.Producing;

/// <summary>What became of all events, for people or as JSON.</summary>
/// <param name="stopped">Why sending ended before the input did; null: it did not.</param>
internal sealed class SendReport(SendTally tally, TimeSpan took, string? stopped)
{
    private const int MaxShown = 20;

    /// <summary>The summary goes to standard output, refusals and what went wrong to standard error; with <paramref name="json"/> all of it is one object on standard output.</summary>
    public void Write(bool json)
    {
        var summary = new Summary(
            tally.Accepted, tally.Refused, tally.Requests, tally.Repeated, tally.Bytes, Math.Round(took.TotalSeconds, 3),
            Math.Round(tally.Accepted / Math.Max(took.TotalSeconds, 0.001)), tally.Refusals, stopped);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(summary, SendReportJson.Readable.Summary));
            return;
        }

        foreach (var refusal in summary.Refusals.Take(MaxShown)) Console.Error.WriteLine(Text($"line {refusal.Line}: {refusal.Reason}"));
        if (summary.Refused > MaxShown) Console.Error.WriteLine(Text($"and {summary.Refused - Math.Min(summary.Refusals.Count, MaxShown)} more; --refused FILE keeps them all"));
        if (stopped is not null) Console.Error.WriteLine($"webhook send: {stopped}");
        Console.Out.WriteLine(Text(
            $"{summary.Accepted} events accepted, {summary.Refused} refused, {summary.Requests} requests ({summary.Repeated} of them again), {summary.Seconds:0.0} s, {summary.EventsPerSecond:0} events/s"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="Repeated">Requests that were sent once more.</param>
    /// <param name="Refusals">The first ones.</param>
    internal sealed record Summary(
        long Accepted, long Refused, long Requests, long Repeated, long Bytes, double Seconds, double EventsPerSecond, IReadOnlyList<Refusal> Refusals,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Stopped);
}

[JsonSerializable(typeof(SendReport.Summary))]
internal sealed partial class SendReportJson : JsonSerializerContext
{
    public static SendReportJson Readable { get; } = new(ReadableJson.NewOptions());
}
