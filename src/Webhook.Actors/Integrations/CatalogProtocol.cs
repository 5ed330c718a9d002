using System.Text.Json.Serialization;

namespace Webhook.Actors.Integrations;

/// <param name="Name">Unique; compared exactly, upper and lower case are different names.</param>
/// <param name="IsFromFile">It stands in a configuration file, which is the only place where it is changed.</param>
public sealed record CatalogEntry(
    IntegrationId Id, string Name, DateTimeOffset AddedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsFromFile = false);

/// <summary>What the catalog of integrations is asked, and its answers.</summary>
public static class CatalogProtocol
{
    public interface ICatalogCommand : IWireMessage;

    /// <summary>Answered with <see cref="Added"/> or <see cref="NameTaken"/>.</summary>
    public sealed record Add(string Name, bool IsFromFile = false) : ICatalogCommand;

    /// <summary>Answered with <see cref="Renamed"/>, <see cref="NameTaken"/> or <see cref="Unknown"/>.</summary>
    public sealed record Rename(IntegrationId Id, string Name) : ICatalogCommand;

    /// <summary>Answered with <see cref="Removed"/>, also when it was gone before.</summary>
    public sealed record Remove(IntegrationId Id) : ICatalogCommand;

    /// <summary>Answered with <see cref="Found"/> or <see cref="Unknown"/>.</summary>
    public sealed record Find(IntegrationId Id) : ICatalogCommand;

    /// <summary>Answered with <see cref="Page"/>: a message stays far below the size that remoting carries.</summary>
    /// <param name="After">Entries with larger ids only; 0 begins.</param>
    public sealed record List(IntegrationId After) : ICatalogCommand;

    public interface ICatalogReply : IWireMessage;

    public sealed record Added(CatalogEntry Entry) : ICatalogReply;

    public sealed record Renamed(CatalogEntry Entry, string OldName) : ICatalogReply;

    public sealed record Removed(IntegrationId Id) : ICatalogReply;

    public sealed record NameTaken(string Name, IntegrationId By) : ICatalogReply;

    public sealed record Unknown(IntegrationId Id) : ICatalogReply;

    public sealed record Found(CatalogEntry Entry) : ICatalogReply;

    /// <param name="Entries">By id; at most <see cref="MaxEntries"/>.</param>
    /// <param name="IsLast">false: ask again after the last one.</param>
    /// <param name="NextId">All ids ever given are below.</param>
    public sealed record Page(IReadOnlyList<CatalogEntry> Entries, bool IsLast, long NextId) : ICatalogReply
    {
        public const int MaxEntries = 200;
    }
}

/// <summary>The catalog's journal.</summary>
public interface ICatalogEvent : IWireMessage;

public static class CatalogEvents
{
    public sealed record IntegrationAdded(CatalogEntry Entry) : ICatalogEvent;

    public sealed record IntegrationRenamed(IntegrationId Id, string Name) : ICatalogEvent;

    public sealed record IntegrationRemoved(IntegrationId Id) : ICatalogEvent;

    /// <summary>The catalog's snapshot.</summary>
    public sealed record Snapshot(long NextId, IReadOnlyList<CatalogEntry> Entries) : IWireMessage;
}
