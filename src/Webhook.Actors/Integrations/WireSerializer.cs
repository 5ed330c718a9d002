using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;

namespace Webhook.Actors.Integrations;

/// <summary>
/// Everything that goes to the journal or between nodes, as JSON under a short manifest. Journals live long: a manifest is never given another meaning; a changed
/// shape gets the next version beside the old one, which stays readable, and is written one release after it can be read.
/// </summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly WireJson Types = WireJson.Default;

    private static readonly ManifestTable Manifests = new(
        nameof(WireSerializer),

        ("i-created-v1", Types.IntegrationEventsCreated), ("i-changed-v1", Types.Changed), ("i-tested-v1", Types.Tested),
        ("i-enabled-v1", Types.Enabled), ("i-disabled-v1", Types.Disabled), ("i-deleted-v1", Types.IntegrationEventsDeleted),
        ("i-failed-v1", Types.DeliveryFailed), ("i-recovered-v1", Types.DeliveryRecovered), ("i-state-v1", Types.IntegrationState),
        ("i-replay-started-v1", Types.ReplayStarted), ("i-replay-advanced-v1", Types.ReplayAdvanced), ("i-replay-stopped-v1", Types.ReplayStopped),

        ("c-added-v1", Types.IntegrationAdded), ("c-renamed-v1", Types.IntegrationRenamed), ("c-removed-v1", Types.IntegrationRemoved),
        ("c-state-v1", Types.Snapshot),

        ("ip-create-v1", Types.Create), ("ip-update-v1", Types.Update), ("ip-test-v1", Types.IntegrationProtocolTest), ("ip-enable-v1", Types.Enable),
        ("ip-disable-v1", Types.Disable), ("ip-delete-v1", Types.Delete), ("ip-get-v1", Types.Get), ("ip-wake-v1", Types.Wake),
        ("ip-current-v1", Types.Current), ("ip-test-done-v1", Types.TestDone), ("ip-test-failed-v1", Types.TestFailed),
        ("ip-deleted-v1", Types.IntegrationProtocolDeleted), ("ip-not-found-v1", Types.NotFound), ("ip-refused-v1", Types.Refused),
        ("ip-report-v1", Types.DeliveryReport), ("ip-replay-v1", Types.StartReplay), ("ip-stop-replay-v1", Types.StopReplay), ("ip-replay-done-v1", Types.ReplayDone),

        ("cp-add-v1", Types.Add), ("cp-rename-v1", Types.Rename), ("cp-remove-v1", Types.Remove), ("cp-find-v1", Types.Find), ("cp-list-v1", Types.List),
        ("cp-added-v1", Types.Added), ("cp-renamed-v1", Types.Renamed), ("cp-removed-v1", Types.Removed), ("cp-taken-v1", Types.NameTaken),
        ("cp-unknown-v1", Types.Unknown), ("cp-found-v1", Types.Found), ("cp-page-v1", Types.Page),

        ("l-open-v1", Types.Open), ("l-opened-v1", Types.Opened), ("l-run-v1", Types.Run), ("l-resume-v1", Types.Resume), ("l-stop-v1", Types.Stop), ("l-remove-v1", Types.LaneProtocolRemove),
        ("l-stopped-v1", Types.Stopped), ("l-test-v1", Types.LaneProtocolTest), ("l-report-v1", Types.TestReport), ("l-get-progress-v1", Types.GetProgress),
        ("l-redeliver-v1", Types.Redeliver), ("l-redelivery-v1", Types.RedeliveryAnswer), ("l-plan-replay-v1", Types.PlanReplay), ("l-replay-plan-v1", Types.ReplayPlan),
        ("l-progress-v1", Types.Progress),

        ("cu-describe-v1", Types.Describe), ("cu-claim-v1", Types.Claim), ("cu-uses-v1", Types.Uses), ("cu-described-v1", Types.Described),
        ("cu-claimed-v1", Types.Claimed), ("cu-gone-v1", Types.Gone), ("cu-uses-kept-v1", Types.UsesKept));

    /// <summary>In every journal entry; never changes.</summary>
    public override int Identifier => 7301;

    public override string Manifest(object o) => Manifests.ManifestOf(o);

    public override byte[] ToBinary(object obj) => Manifests.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => Manifests.Read(bytes, manifest);
}

internal static class WireSerializerHosting
{
    public static AkkaConfigurationBuilder AddWireSerializer(this AkkaConfigurationBuilder builder) =>
        builder.WithCustomSerializer("webhook", [typeof(IWireMessage)], static system => new WireSerializer(system));
}
