using Akka.Event;
using Akka.Persistence;

namespace Webhook.Actors.Integrations;

/// <summary>When a persistent actor takes a snapshot, and what of its past it drops then: the last two snapshots and all events since the older one stay.</summary>
/// <param name="owner">For the log: whose snapshots these are.</param>
internal sealed class SnapshotSchedule(
    string owner, ILoggingAdapter log, Action<long> deleteEventsUpTo, Action<SnapshotSelectionCriteria> deleteSnapshots)
{
    public const int EventsBetween = 100;

    private int _since;
    private bool _isDeleting;

    /// <summary>Counts one event.</summary>
    /// <returns>true: it is time for a snapshot.</returns>
    public bool Count()
    {
        if (++_since < EventsBetween) return false;
        _since = 0;
        return true;
    }

    /// <returns>false: the message is none of the stores' answers.</returns>
    public bool Handle(object message)
    {
        switch (message)
        {
            case SaveSnapshotSuccess saved:
                DropBefore(saved.Metadata.SequenceNr - EventsBetween);
                return true;
            case SaveSnapshotFailure failure:
                log.Warning(failure.Cause, "{Owner}: no snapshot; recovery reads more events until the next one", owner);
                return true;
            case DeleteMessagesSuccess:
                _isDeleting = false;
                return true;
            case DeleteMessagesFailure failure:
                _isDeleting = false;
                log.Warning(failure.Cause, "{Owner}: old events stay in the journal until the next snapshot", owner);
                return true;
            case DeleteSnapshotsSuccess:
                return true;
            case DeleteSnapshotsFailure failure:
                log.Warning(failure.Cause, "{Owner}: old snapshots stay until the next one", owner);
                return true;
            default:
                return false;
        }
    }

    // One deletion at a time: overlapping ones lock each other out in SQL journals.
    private void DropBefore(long olderSnapshot)
    {
        if (_isDeleting || olderSnapshot <= 0) return;
        _isDeleting = true;
        deleteEventsUpTo(olderSnapshot);
        if (olderSnapshot > 1) deleteSnapshots(new SnapshotSelectionCriteria(olderSnapshot - 1));
    }
}
