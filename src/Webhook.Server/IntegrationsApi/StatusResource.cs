using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>How an integration is doing.</summary>
/// <param name="State">Not Connected, Connected, Warning, Error.</param>
/// <param name="Reason">Why it is not Connected: the last error, or why it does not deliver.</param>
/// <param name="OldestUndelivered">When the first event that is not delivered yet was stored; absent when all are.</param>
/// <param name="Cursor">Everything before this position is delivered or filtered out. Of several partitions the one furthest behind is shown. Absent when its lane does not answer.</param>
/// <param name="Secrets">Those that sign now, the current one first; absent where none is needed.</param>
/// <param name="PausedUntil">Until when nothing is sent: the receiver asked for it, or the integration is inhibited after failures and sends one batch as a probe then. Absent when nothing is held back.</param>
/// <param name="Replay">What is being sent once more; absent when nothing is.</param>
/// <param name="Head">The next event of that partition gets this position.</param>
internal sealed record StatusResource(
    string State, bool IsEnabled, bool IsTested, string? Reason, DateTime? OldestUndelivered, PositionResource? Cursor, PositionResource? Head,
    bool? IsRunning, int? RequestsInFlight, DateTime? LastTestedAt, IReadOnlyList<SecretResource>? Secrets, DateTime? PausedUntil, ReplayProgressResource? Replay)
{
    public static StatusResource Of(IntegrationView view, IReadOnlyList<LaneProtocol.Progress>? lanes, DateTimeOffset now)
    {
        var current = view.Current;
        var slowest = lanes?.OrderBy(static l => l.OldestUndelivered ?? DateTimeOffset.MaxValue).ThenByDescending(static l => l.Head - l.Cursor).First();
        return new StatusResource(
            current.State.Name(), current.IsEnabled, current.IsTested, ReasonOf(current), slowest?.OldestUndelivered?.UtcDateTime,
            slowest is null ? null : new PositionResource(slowest.Lane.Partition, slowest.Cursor),
            slowest is null ? null : new PositionResource(slowest.Lane.Partition, slowest.Head),
            lanes?.Any(static l => l.Running), lanes?.Sum(static l => l.RequestsInFlight), current.LastTest?.At.UtcDateTime,
            view.Settings.Secrets.Count == 0 ? null : SecretResource.Of(view.Settings, now),
            PausedUntilOf(current, now),
            current.Replay is { } replay ? ReplayProgressResource.Of(replay, lanes) : null);
    }

    /// <summary>null: nothing holds it back.</summary>
    public static DateTime? PausedUntilOf(IntegrationProtocol.Current current, DateTimeOffset now) =>
        current.Hold is { } hold && hold.Until > now ? hold.Until.UtcDateTime : null;

    /// <summary>null: it is connected.</summary>
    public static string? ReasonOf(IntegrationProtocol.Current current) => current.State switch
    {
        ConnectionState.NotConnected => current.DisabledReason ?? (current.IsTested ? "disabled" : "disabled, not tested with these settings"),
        ConnectionState.Connected => null,
        _ => current.Errors.Count > 0 ? current.Errors[^1].Error : "the last errors are more than 24 hours old",
    };
}

/// <param name="Stretches">Those that are not done.</param>
internal sealed record ReplayProgressResource(long Number, DateTime StartedAt, double MaxRequestsPerSecond, IReadOnlyList<ReplayedStretchResource> Stretches)
{
    public static ReplayProgressResource Of(ReplayState replay, IReadOnlyList<LaneProtocol.Progress>? lanes) => new(
        replay.Number, replay.StartedAt.UtcDateTime, replay.MaxRequestsPerSecond,
        [
            .. replay.Stretches.Select(stretch => new ReplayedStretchResource(
                new PositionResource(stretch.Partition, stretch.From), new PositionResource(stretch.Partition, stretch.To),
                lanes?.FirstOrDefault(l => l.Lane.Partition == stretch.Partition)?.ReplayCursor is { } at ? new PositionResource(stretch.Partition, at) : null)),
        ]);
}

/// <param name="Cursor">Everything before it is sent; absent when its lane does not answer.</param>
internal sealed record ReplayedStretchResource(PositionResource From, PositionResource To, PositionResource? Cursor);

/// <summary>That there is a secret, and until when; nothing of the secret itself.</summary>
/// <param name="ExpiresAt">Absent for the current one.</param>
internal sealed record SecretResource(bool IsCurrent, DateTime? ExpiresAt)
{
    public static IReadOnlyList<SecretResource> Of(IntegrationSettings settings, DateTimeOffset now) =>
        [.. SecretRotation.Active(settings.Secrets, now).Select(static (secret, index) => new SecretResource(index == 0, secret.ExpiresAt?.UtcDateTime))];
}

/// <summary>What a rotation led to.</summary>
/// <param name="Secret">The new secret, if it was made here; shown this once.</param>
internal sealed record RotationResource(IReadOnlyList<SecretResource> Secrets, string? Secret)
{
    public override string ToString() => $"{Secrets.Count} secrets";
}
