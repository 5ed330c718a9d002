using System.Globalization;
using Webhook.Server.Client;
using Webhook.Server.Client.Output;

namespace Webhook.Server.LogTools;

/// <summary>The log as text.</summary>
internal static class LogViews
{
    public static void Overview(ClientOutput output, LogOverview log)
    {
        var contents = log.Contents;
        var summary = IntegrationViews.Pairs()
            .Row("log", log.Log)
            .Row("events", $"{contents.Events} in {LogFindings.Count(contents.Blocks, "block")}, {Shown.Bytes(contents.Bytes)}; {contents.EventsEver} ever")
            .Row("sequences", contents.FirstSequence is { } first ? $"{first} to before {contents.Head}" : $"none; the next is {contents.Head}");
        if (contents.OldestAt is not null) summary.Row("stored", $"{Shown.Time(contents.OldestAt)} to {Shown.Time(contents.NewestAt)}");
        output.Write(summary.Row("damage", log.Damage.Count == 0 ? "none" : "found: 'webhook log verify' says what and what it costs"));
        KnownLosses(output, log.KnownLosses);

        var channels = new TextTable().Column("CHANNEL").Column("EVENTS", isNumber: true).Column("BYTES", isNumber: true);
        foreach (var c in contents.Channels) channels.Row(c.Channel, Shown.Number(c.Events), Shown.Bytes(c.Bytes));
        Section(output, channels, contents.Channels.Count);

        var cursors = new TextTable().Column("INTEGRATION", isNumber: true).Column("REPLAY", isNumber: true).Column("DONE BEFORE", isNumber: true).Column("LAG", isNumber: true)
            .Column("BATCHES", isNumber: true);
        foreach (var c in log.Cursors) cursors.Row(Shown.Number(c.Integration), Shown.Number(c.Replay), Shown.Number(c.Sequence), Shown.Number(c.Lag), Shown.Number(c.Batches));
        Section(output, cursors, log.Cursors.Count);

        var letters = new TextTable().Column("INTEGRATION", isNumber: true).Column("DEAD LETTERS", isNumber: true);
        foreach (var d in log.DeadLetters) letters.Row(Shown.Number(d.Integration), Shown.Number(d.Count));
        Section(output, letters, log.DeadLetters.Count);

        var inputs = new TextTable().Column("INPUT").Column("READ UP TO", isLong: true);
        foreach (var i in log.Inputs) inputs.Row(i.Input, i.Mark);
        Section(output, inputs, log.Inputs.Count);

        var files = new TextTable().Column("FILES").Column("COUNT", isNumber: true).Column("SIZE", isNumber: true);
        foreach (var kind in log.Files.GroupBy(static f => f.Kind)) files.Row(kind.Key, Shown.Number(kind.Count()), Shown.Bytes(kind.Sum(static f => f.Bytes)));
        Section(output, files, log.Files.Count);
    }

    public static void Findings(ClientOutput output, LogFindings findings)
    {
        if (findings.IsDamaged)
        {
            var table = new TextTable().Column("BLOCKS").Column("EVENTS", isNumber: true).Column("DEAD LETTERS", isNumber: true).Column("DAMAGE", isLong: true);
            foreach (var d in findings.Damage)
                table.Row(d.FirstBlock is { } first ? Blocks(first, d.LastBlock ?? first) : "", Lost(d.EventsLost), d.DeadLettersLost == 0 ? "" : Shown.Number(d.DeadLettersLost), d.What);
            output.Write(table);
            output.Line("");
        }

        KnownLosses(output, findings.KnownLosses);
        var read = $"{LogFindings.Count(findings.Contents.Events, "event")} in {LogFindings.Count(findings.Contents.Blocks, "block")} ({Shown.Bytes(findings.Contents.Bytes)})";
        output.Line(findings.IsDamaged
            ? $"{findings.Log} is damaged: it costs {findings.Loss}; {read} can be read"
            : $"{findings.Log} is whole: {read}, every checksum right");
    }

    private static void KnownLosses(ClientOutput output, IReadOnlyList<KnownLoss> losses)
    {
        foreach (var loss in losses) output.Line($"lost earlier, and told then: {Lost(loss.EventsLost)} events in blocks {Blocks(loss.FirstBlock, loss.LastBlock)}");
    }

    private static void Section(ClientOutput output, TextTable table, int rows)
    {
        if (rows == 0) return;
        output.Line("");
        output.Write(table);
    }

    private static string Blocks(long first, long last) => string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");

    private static string Lost(long? events) => events is { } lost ? Shown.Number(lost) : "?";
}
