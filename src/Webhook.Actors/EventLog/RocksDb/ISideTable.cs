using RocksDbSharp;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>A family of the store that the log itself does not need.</summary>
internal interface ISideTable
{
    string Family { get; }

    /// <summary>Reads every record once, so that damage is found when the store is opened and not when a compaction stops the log. Called again for each attempt to open.</summary>
    /// <exception cref="RocksDbException">The family is damaged.</exception>
    void Load(RocksDbStore store);
}
