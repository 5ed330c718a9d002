using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>Settings and reports to test with.</summary>
internal static class Example
{
    /// <summary>Virtual time, journal and snapshots in memory.</summary>
    public const string SpecSettings = """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.persistence.snapshot-store {
          plugin = "akka.persistence.snapshot-store.inmem"
          inmem.class = "Akka.Persistence.Snapshot.MemorySnapshotStore, Akka.Persistence"
        }
        """;

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly IntegrationId Id = new(7);

    public static readonly IntegrationSettings Settings = new()
    {
        Endpoint = new Uri("https://receiver.example/hook"),
        Authentication = Authentication.BearerToken,
        Secrets = [new StoredSecret("encrypted")],
        Headers = [new CustomHeader("X-Team", "blue")],
        Channels = ["ACTIVITY_AUDIT"],
    };

    public static readonly LaneProtocol.TestReport Success = new(true, [new LaneProtocol.TestStage("connect", true, 1.5, null)], 200, null);

    public static readonly LaneProtocol.TestReport Failure =
        new(false, [new LaneProtocol.TestStage("connect", false, 0.25, "refused")], null, "connection refused");

    public static DeliveryReport Failed(int attempt, AttemptOutcome outcome = AttemptOutcome.ServerError, DeliveryHold? hold = null) =>
        new(Id, 1, outcome, attempt, 503, $"{outcome} on attempt {attempt}", Now, hold);

    public static DeliveryHold Inhibited { get; } = new(IsInhibition: true, Now + TimeSpan.FromMinutes(5));

    public static DeliveryReport Delivered { get; } = new(Id, 1, AttemptOutcome.Delivered, 2, 200, null, Now);
}
