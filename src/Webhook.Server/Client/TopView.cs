using System.Globalization;
using Webhook.Server.Client.Output;
using Webhook.Server.LiveApi;

namespace Webhook.Server.Client;

/// <summary>Everything at a glance, as text.</summary>
internal static class TopView
{
    private static readonly string[] WorstFirst = ["Error", "Warning", "Connected", "Not Connected"];

    public static string Heading(OverviewResource overview, string server) => $"webhook {overview.Version} at {server}, {Shown.Time(overview.Time)}";

    public static string Summary(OverviewResource overview) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shown.Number(overview.Log.AcceptedPerSecond)} events/s in, {Shown.Number(overview.Integrations.Sum(static i => i.DeliveredPerSecond))} events/s delivered, "
        + $"{overview.Log.Events} events ({Shown.Bytes(overview.Log.Bytes)}) in the log{(overview.Log.Oldest is { } oldest ? $" since {Shown.Time(oldest)}" : "")}");

    /// <param name="isWorstFirst">false: by id.</param>
    public static TextTable Table(OverviewResource overview, bool isWorstFirst)
    {
        var table = new TextTable().Column("ID", isNumber: true).Column("NAME", isLong: true).Column("STATE").Column("EVENTS/S", isNumber: true).Column("FLIGHT", isNumber: true)
            .Column("OLDEST", isNumber: true).Column("BACKLOG", isNumber: true).Column("ERRORS", isNumber: true).Column("DEAD", isNumber: true)
            .Column("REASON", isLong: true, isExtra: true);
        var ordered = isWorstFirst
            ? overview.Integrations.OrderBy(static i => Array.IndexOf(WorstFirst, i.State)).ThenByDescending(static i => i.OldestUndeliveredSeconds ?? 0).ThenBy(static i => i.Id)
            : overview.Integrations.AsEnumerable();
        foreach (var i in ordered)
        {
            table.Row(
                Shown.Number(i.Id), i.Name, i.State, Shown.Number(i.DeliveredPerSecond), Shown.Number(i.RequestsInFlight),
                Shown.Age(i.OldestUndeliveredSeconds is { } s ? TimeSpan.FromSeconds(s) : null), Shown.Number(i.Backlog), Shown.Number(i.Errors), Shown.Number(i.DeadLetters), ReasonOf(i));
        }

        return table;
    }

    private static string? ReasonOf(OverviewIntegration i) => i.PausedUntil is { } until ? $"paused until {Shown.Time(until)}{(i.Reason is { } why ? ": " + why : "")}" : i.Reason;
}
