using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>Every wire message through the serializer that the actor system really chooses, and the journal's JSON to the letter.</summary>
public class WireSerializerSpecs() : TestKit(Settings)
{
    private static readonly string Settings = $$"""
        akka.actor {
          serializers.webhook = "{{typeof(WireSerializer).AssemblyQualifiedName}}"
          serialization-bindings { "{{typeof(IWireMessage).AssemblyQualifiedName}}" = webhook }
        }
        """;

    private const string SettingsJson =
        """{"endpoint":"https://receiver.example/hook","authentication":"BearerToken","secrets":[{"protected":"encrypted"}],"headers":[{"key":"X-Team","value":"blue"}],"isInsecure":false,"output":"Json","timestampResolution":"Nanoseconds","channels":["ACTIVITY_AUDIT"],"delivery":{"maxBatchEvents":1000,"maxBatchBytes":1000000,"maxBatchDelayMs":1000,"timeoutMs":15000,"ordered":false,"compression":"None","signatureStyle":"StandardWebhooks"}}""";

    private const string ReportJson = """{"succeeded":true,"stages":[{"name":"connect","succeeded":true,"milliseconds":1.5}],"statusCode":200}""";

    private static readonly LaneId Lane = new(Example.Id, 0);
    private static readonly CatalogEntry Entry = new(Example.Id, "edge", Example.Now);

    private static readonly IWireMessage[] Messages =
    [
        new IntegrationEvents.Created(Example.Settings, Example.Now),
        new IntegrationEvents.Changed(Example.Settings, 2, 1, Example.Now),
        new IntegrationEvents.Tested(1, Example.Failure, Example.Now),
        new IntegrationEvents.Enabled(Example.Now),
        new IntegrationEvents.Disabled("gone", Example.Now),
        new IntegrationEvents.Deleted(Example.Now),
        new IntegrationEvents.DeliveryFailed(AttemptOutcome.TimedOut, 3, null, "too slow", Example.Now),
        new IntegrationEvents.DeliveryRecovered(Example.Now),
        new IntegrationEvents.ReplayStarted(2, [new ReplayStretch(0, 65536, 131072)], 10, Example.Now),
        new IntegrationEvents.ReplayAdvanced(2, 0, Example.Now),
        new IntegrationEvents.ReplayStopped(2, Example.Now),
        new IntegrationState
        {
            Phase = IntegrationPhase.Existing, Settings = Example.Settings, Revision = 5, DeliveryRevision = 4, IsEnabled = true,
            LastTest = new TestResult(4, Example.Success, Example.Now),
            History = new DeliveryHistory([new DeliveryError(AttemptOutcome.ServerError, "503", Example.Now)], 2),
        },
        new CatalogEvents.IntegrationAdded(Entry),
        new CatalogEvents.IntegrationRenamed(Example.Id, "new"),
        new CatalogEvents.IntegrationRemoved(Example.Id),
        new CatalogEvents.Snapshot(9, [Entry]),
        new IntegrationProtocol.Create(Example.Id, Example.Settings, true),
        new IntegrationProtocol.Update(Example.Id, 3, Example.Settings, null),
        new IntegrationProtocol.Test(Example.Id),
        new IntegrationProtocol.Enable(Example.Id),
        new IntegrationProtocol.Disable(Example.Id, "reason"),
        new IntegrationProtocol.Delete(Example.Id),
        new IntegrationProtocol.StartReplay(Example.Id, [new ReplayStretch(0, 65536, 131072)], 0.5),
        new IntegrationProtocol.StopReplay(Example.Id),
        new ReplayDone(Example.Id, 0, 2),
        new IntegrationProtocol.Get(Example.Id),
        new IntegrationProtocol.Wake(Example.Id),
        new IntegrationProtocol.Current(
            Example.Id, Example.Settings, 3, true, true, ConnectionState.Warning, Example.Inhibited, null, new TestResult(3, Example.Success, Example.Now),
            [new DeliveryError(AttemptOutcome.RateLimited, "429", Example.Now)]),
        new IntegrationProtocol.TestDone(Example.Id, Example.Success),
        new IntegrationProtocol.TestFailed(Example.Id, Example.Failure),
        new IntegrationProtocol.Deleted(Example.Id),
        new IntegrationProtocol.NotFound(Example.Id),
        new IntegrationProtocol.Refused(Example.Id, IntegrationProtocol.RefusalReason.Outdated),
        Example.Failed(2, hold: Example.Inhibited),
        new CatalogProtocol.Add("edge"),
        new CatalogProtocol.Rename(Example.Id, "new"),
        new CatalogProtocol.Remove(Example.Id),
        new CatalogProtocol.Find(Example.Id),
        new CatalogProtocol.List(Example.Id),
        new CatalogProtocol.Added(Entry),
        new CatalogProtocol.Renamed(Entry, "old"),
        new CatalogProtocol.Removed(Example.Id),
        new CatalogProtocol.NameTaken("edge", Example.Id),
        new CatalogProtocol.Unknown(Example.Id),
        new CatalogProtocol.Found(Entry),
        new CatalogProtocol.Page([Entry], true, 8),
        new LaneProtocol.Open(Lane),
        new LaneProtocol.Opened(Lane),
        new LaneProtocol.Run(Lane, 4, Example.Settings, Example.Inhibited),
        new LaneProtocol.Resume(Lane),
        new LaneProtocol.Redeliver(Lane, [65536, 65540], null, 10),
        new LaneProtocol.RedeliveryAnswer(Lane, LaneProtocol.RedeliveryRefusal.Busy),
        new LaneProtocol.PlanReplay(Lane, ["ACTIVITY_AUDIT"], Example.Now, null, null),
        new LaneProtocol.ReplayPlan(Lane, 65536, 131072, 7, Example.Now),
        new LaneProtocol.Stop(Lane),
        new LaneProtocol.Remove(Lane),
        new LaneProtocol.Stopped(Lane),
        new LaneProtocol.Test(Lane, Example.Settings),
        Example.Failure,
        new LaneProtocol.GetProgress(Lane),
        new LaneProtocol.Progress(Lane, true, 65536, 131072, Example.Now, 3),
        new CertificateUse.Describe([1, 2]),
        new CertificateUse.Claim(Example.Id, [1]),
        new CertificateUse.Uses(Example.Id, [], 4),
        new CertificateUse.Described(Example.Now, [new CertificateFacts(1, CertificateUsage.Ca, Example.Now)]),
        new CertificateUse.Claimed(Example.Id),
        new CertificateUse.Gone(Example.Id, 1),
        new CertificateUse.UsesKept(Example.Id, 4),
    ];

    /// <summary>The journal as it stands on users' disks; a line that changes here is a journal that can no longer be read.</summary>
    public static TheoryData<string, string> Journal => new()
    {
        { "i-created-v1", $$"""{"settings":{{SettingsJson}},"at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-changed-v1", $$"""{"settings":{{SettingsJson}},"revision":2,"deliveryRevision":1,"at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-tested-v1", $$"""{"deliveryRevision":1,"report":{{ReportJson}},"at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-enabled-v1", """{"at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-disabled-v1", """{"reason":"gone","at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-deleted-v1", """{"at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-failed-v1", """{"outcome":"TimedOut","attempt":3,"statusCode":503,"error":"too slow","at":"2026-03-01T12:00:00+00:00"}""" },
        { "i-recovered-v1", """{"at":"2026-03-01T12:00:00+00:00"}""" },
        {
            "i-state-v1",
            $$$"""{"phase":"Existing","settings":{{{SettingsJson}}},"revision":5,"deliveryRevision":4,"lastTest":{"deliveryRevision":4,"report":{{{ReportJson}}},"at":"2026-03-01T12:00:00+00:00"},"isEnabled":true,"history":{"errors":[{"outcome":"ServerError","error":"503","at":"2026-03-01T12:00:00+00:00"}],"failedAttempts":2}}"""
        },
        { "c-added-v1", """{"entry":{"id":7,"name":"edge","addedAt":"2026-03-01T12:00:00+00:00"}}""" },
        { "c-renamed-v1", """{"id":7,"name":"new"}""" },
        { "c-removed-v1", """{"id":7}""" },
        { "c-state-v1", """{"nextId":9,"entries":[{"id":7,"name":"edge","addedAt":"2026-03-01T12:00:00+00:00"}]}""" },
    };

    [Fact]
    public void Every_message_comes_back_as_it_went()
    {
        foreach (var message in Messages)
        {
            var serializer = Sys.Serialization.FindSerializerFor(message).ShouldBeOfType<WireSerializer>();
            var back = serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));

            back.ShouldBeOfType(message.GetType());
            Encoding.UTF8.GetString(serializer.ToBinary(back)).ShouldBe(Encoding.UTF8.GetString(serializer.ToBinary(message)));
            JsonSerializer.Serialize(back, message.GetType()).ShouldBe(JsonSerializer.Serialize(message, message.GetType()));
        }
    }

    [Fact]
    public void No_wire_message_is_forgotten() =>
        typeof(IWireMessage).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(IWireMessage)) && !type.IsAbstract)
            .ShouldBe(Messages.Select(m => m.GetType()), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Journal))]
    public void The_journal_stays_readable_and_is_written_the_same(string manifest, string json)
    {
        var serializer = new WireSerializer((ExtendedActorSystem)Sys);

        var read = serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);

        serializer.Manifest(read).ShouldBe(manifest);
        Encoding.UTF8.GetString(serializer.ToBinary(read)).ShouldBe(json);
    }

    [Fact]
    public void An_unknown_manifest_says_so() =>
        Should.Throw<ArgumentException>(() => new WireSerializer((ExtendedActorSystem)Sys).FromBinary([], "i-created-v9"))
            .Message.ShouldStartWith("The manifest 'i-created-v9' is unknown; it was written by a newer version.");
}
