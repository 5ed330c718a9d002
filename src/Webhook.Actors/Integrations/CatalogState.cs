using System.Collections.Immutable;
using static Webhook.Actors.Integrations.CatalogEvents;
using static Webhook.Actors.Integrations.CatalogProtocol;

namespace Webhook.Actors.Integrations;

/// <summary>Which integrations there are, by id and by name, and the next id; pure.</summary>
internal sealed record CatalogState
{
    /// <summary>How long an integration may take to come into being: an entry that young stays although nobody answers for it yet.</summary>
    public static readonly TimeSpan TimeToCreate = TimeSpan.FromMinutes(5);

    public static readonly CatalogState Empty = new();

    /// <summary>Only grows: an id is never given twice.</summary>
    public long NextId { get; private init; } = 1;

    public ImmutableSortedDictionary<long, CatalogEntry> Entries { get; private init; } = ImmutableSortedDictionary<long, CatalogEntry>.Empty;

    private ImmutableDictionary<string, long> Names { get; init; } = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>The answer, and the event to keep before it is given; null when nothing changes.</summary>
    public (ICatalogEvent? Event, ICatalogReply Reply) Decide(ICatalogCommand command, DateTimeOffset now)
    {
        switch (command)
        {
            case Add add when Names.TryGetValue(add.Name, out var holder):
                return (null, new NameTaken(add.Name, new IntegrationId(holder)));
            case Add add:
                var added = new CatalogEntry(new IntegrationId(NextId), add.Name, now, add.IsFromFile);
                return (new IntegrationAdded(added), new Added(added));
            case Rename rename when !Entries.ContainsKey(rename.Id.Value):
                return (null, new Unknown(rename.Id));
            case Rename rename when Names.TryGetValue(rename.Name, out var holder) && holder != rename.Id.Value:
                return (null, new NameTaken(rename.Name, new IntegrationId(holder)));
            case Rename rename:
                var entry = Entries[rename.Id.Value];
                var renamed = new Renamed(entry with { Name = rename.Name }, entry.Name);
                return (entry.Name == rename.Name ? null : new IntegrationRenamed(rename.Id, rename.Name), renamed);
            case Remove remove:
                return (Entries.ContainsKey(remove.Id.Value) ? new IntegrationRemoved(remove.Id) : null, new Removed(remove.Id));
            case Find find:
                return (null, Entries.TryGetValue(find.Id.Value, out var found) ? new Found(found) : new Unknown(find.Id));
            case List list:
                return (null, PageAfter(list.After.Value));
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.GetType(), "is not a command of the catalog");
        }
    }

    public CatalogState Apply(ICatalogEvent happened)
    {
        switch (happened)
        {
            case IntegrationAdded { Entry: var entry }:
                return this with
                {
                    NextId = Math.Max(NextId, entry.Id.Value + 1),
                    Entries = Entries.Add(entry.Id.Value, entry),
                    Names = Names.Add(entry.Name, entry.Id.Value),
                };
            case IntegrationRenamed renamed:
                var old = Entries[renamed.Id.Value];
                return this with
                {
                    Entries = Entries.SetItem(old.Id.Value, old with { Name = renamed.Name }),
                    Names = Names.Remove(old.Name).Add(renamed.Name, old.Id.Value),
                };
            case IntegrationRemoved removed:
                return this with
                {
                    Entries = Entries.Remove(removed.Id.Value),
                    Names = Names.Remove(Entries[removed.Id.Value].Name),
                };
            default:
                throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType(), "is not an event of the catalog");
        }
    }

    /// <summary>An integration says that it does not exist: whoever added it died before it was made, or after it was deleted.</summary>
    public ICatalogEvent? Missing(IntegrationId id, DateTimeOffset now) =>
        Entries.TryGetValue(id.Value, out var entry) && now - entry.AddedAt > TimeToCreate ? new IntegrationRemoved(id) : null;

    public Snapshot ToSnapshot() => new(NextId, [.. Entries.Values]);

    public static CatalogState FromSnapshot(Snapshot snapshot) => new()
    {
        NextId = snapshot.NextId,
        Entries = snapshot.Entries.ToImmutableSortedDictionary(static e => e.Id.Value, static e => e),
        Names = snapshot.Entries.ToImmutableDictionary(static e => e.Name, static e => e.Id.Value, StringComparer.Ordinal),
    };

    private Page PageAfter(long after)
    {
        List<CatalogEntry> entries = [.. Entries.Values.SkipWhile(e => e.Id.Value <= after).Take(Page.MaxEntries + 1)];
        return entries.Count > Page.MaxEntries ? new Page(entries[..Page.MaxEntries], IsLast: false, NextId) : new Page(entries, IsLast: true, NextId);
    }
}
