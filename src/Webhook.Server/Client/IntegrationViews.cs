using System.Globalization;
using Webhook.Server.Client.Output;
using Webhook.Server.IntegrationsApi;
using Webhook.Server.LiveApi;

namespace Webhook.Server.Client;

/// <summary>Integrations as text.</summary>
internal static class IntegrationViews
{
    private const int ErrorsShown = 5;

    public static TextTable List(IReadOnlyList<IntegrationResource> all, OverviewResource overview)
    {
        var states = overview.Integrations.ToDictionary(static i => i.Id, static i => i.State);
        var table = new TextTable().Column("ID", isNumber: true).Column("NAME", isLong: true).Column("STATE").Column("AUTH", isExtra: true).Column("ENDPOINT", isLong: true).Column("CHANNELS", isLong: true, isExtra: true);
        foreach (var i in all)
        {
            table.Row(
                Shown.Number(i.Id), i.Name, states.GetValueOrDefault(i.Id, ""), i.ConnectionInfo.Auth ?? "none", i.ConnectionInfo.Endpoint, string.Join(' ', i.Channels));
        }

        return table;
    }

    public static TextTable Show(IntegrationResource integration, StatusResource status)
    {
        var connection = integration.ConnectionInfo;
        var table = Pairs();
        table.Row("id", Shown.Number(integration.Id)).Row("name", integration.Name).Row("state", status.State).Row("enabled", Shown.YesNo(status.IsEnabled));
        Add(table, "managed by", integration.ManagedBy);
        Add(table, "reason", status.Reason);
        Add(table, "paused until", Shown.Time(status.PausedUntil));
        Add(table, "last tested", Shown.Time(status.LastTestedAt));
        Add(table, "oldest waiting", Shown.Time(status.OldestUndelivered));
        Add(table, "in flight", Shown.Number(status.RequestsInFlight));
        if (status is { Cursor: { } cursor, Head: { } head }) table.Row("cursor / head", $"{Position(cursor)} / {Position(head)}");
        if (status.Replay is { } replay)
            table.Row("replay", string.Create(CultureInfo.InvariantCulture, $"{replay.Number}, since {Shown.Time(replay.StartedAt)}, at most {replay.MaxRequestsPerSecond} requests a second"));
        table.Row("endpoint", connection.Endpoint).Row("auth", connection.Auth ?? "none");
        foreach (var secret in status.Secrets ?? []) table.Row("secret", secret.ExpiresAt is { } end ? $"old, signs until {Shown.Time(end)}" : "current");
        Add(table, "certificate", Shown.Number(connection.CertificateId));
        Add(table, "CA certificate", Shown.Number(connection.CaCertificateId));
        if (connection.IsInsecure) table.Row("insecure", "yes: the receiver's certificate is not verified");
        table.Row("output", $"{connection.Output}, timestamps in {connection.TimestampFormat}");
        table.Row("channels", integration.Channels.Count == 0 ? "none" : string.Join(' ', integration.Channels));
        foreach (var header in connection.Headers) table.Row("header", $"{header.Key}: {header.Value}");
        foreach (var (name, value) in Delivery(integration.Delivery)) table.Row(name, value);
        return table;
    }

    /// <summary>The newest.</summary>
    public static TextTable Errors(ErrorsResource errors)
    {
        var table = new TextTable().Column("TIME").Column("ERROR", isLong: true);
        foreach (var error in errors.Data.Take(ErrorsShown)) table.Row(Shown.Time(error.Timestamp), error.Error);
        return table;
    }

    public static TextTable Stages(TestResource test)
    {
        var table = new TextTable().Column("STAGE").Column("RESULT").Column("TIME", isNumber: true).Column("DETAIL", isLong: true);
        foreach (var stage in test.Stages) table.Row(stage.Name, stage.Succeeded ? "succeeded" : "failed", Shown.Milliseconds(stage.Milliseconds), stage.Detail);
        return table;
    }

    public static TextTable Deliveries(DeliveriesResource deliveries)
    {
        var table = new TextTable().Column("STARTED").Column("KIND", isExtra: true).Column("OUTCOME").Column("STATUS", isNumber: true).Column("TRY", isNumber: true)
            .Column("EVENTS", isNumber: true).Column("SIZE", isNumber: true, isExtra: true).Column("TIME", isNumber: true, isExtra: true).Column("BATCH", isLong: true, isExtra: true).Column("ERROR", isLong: true);
        foreach (var d in deliveries.Data)
        {
            table.Row(
                Shown.Time(d.StartedAt), d.Kind, d.Outcome, Shown.Number(d.StatusCode), Shown.Number(d.Attempt), Shown.Number(d.Events), Shown.Bytes(d.BodyBytes),
                Shown.Milliseconds(d.Phases.Total), d.Batch, d.Error);
        }

        return table;
    }

    public static TextTable Pairs() => new TextTable().Column("").Column("", isLong: true);

    public static string Position(PositionResource position) => string.Create(CultureInfo.InvariantCulture, $"{position.Partition}-{position.Sequence}");

    private static void Add(TextTable table, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) table.Row(name, value);
    }

    private static IEnumerable<(string Name, string Value)> Delivery(DeliveryResource d)
    {
        yield return ("batches", $"at most {d.MaxBatchEvents} events, {Shown.Bytes(d.MaxBatchBytes)}, {d.MaxBatchDelayMs} ms");
        yield return ("requests", $"{(d.Ordered ? "one at a time, in order" : d.MaxConcurrency is { } most ? $"at most {most} at a time" : "as many at a time as the receiver takes well")}, {d.TimeoutMs} ms each"
            + (d.MaxRequestsPerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $", at most {rate} a second") : ""));
        yield return ("compression", d.Compression ?? "none");
        yield return ("signatures", d.SignatureStyle ?? "");
        if (d.StatusOverrides is { Count: > 0 } overrides) yield return ("statuses", string.Join(", ", overrides.Select(static o => $"{o.Key} is {o.Value}")));
    }
}
