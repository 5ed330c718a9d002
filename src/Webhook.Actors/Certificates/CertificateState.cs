using System.Collections.Immutable;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using static Webhook.Actors.Certificates.CertificateEvents;
using static Webhook.Actors.Certificates.CertificateProtocol;

namespace Webhook.Actors.Certificates;

/// <summary>All certificates, the keys that wait for theirs, and who uses what; pure.</summary>
internal sealed record CertificateState
{
    public const int MaxCertificates = 1000;

    /// <summary>Keys that wait for their certificate; beyond, the oldest is dropped.</summary>
    public const int MaxKeys = 20;

    /// <summary>How long a key waits for its certificate.</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(30);

    public static readonly CertificateState Empty = new();

    /// <summary>Only grows: an id is never given twice.</summary>
    public long NextId { get; private init; } = 1;

    public ImmutableSortedDictionary<long, StoredCertificate> Certificates { get; private init; } = ImmutableSortedDictionary<long, StoredCertificate>.Empty;

    /// <summary>Oldest first.</summary>
    public ImmutableList<PendingKey> Keys { get; private init; } = [];

    /// <summary>By integration.</summary>
    private ImmutableSortedDictionary<long, CertificateUsers> Users { get; init; } = ImmutableSortedDictionary<long, CertificateUsers>.Empty;

    /// <summary>The answer, and the events to keep before it is given.</summary>
    public (ImmutableArray<ICertificateEvent> Events, IReply Reply) Decide(ICommand command, DateTimeOffset now)
    {
        switch (command)
        {
            case KeepKey keep:
                return ([.. DropKeys(now, MaxKeys - 1), new CertificateEvents.KeyKept(new PendingKey(keep.PublicKey, keep.Algorithm, keep.Key, now))],
                    new CertificateProtocol.KeyKept(keep.PublicKey));
            case FindKey find:
                return ([], new KeyFound(find.PublicKeys.FirstOrDefault(key => KeyFor(key, now) is not null)));
            case Add when Certificates.Count >= MaxCertificates:
                return ([], new Full(MaxCertificates));
            case Add { Usage: CertificateUsage.Client, Key: null } add when KeyFor(add.Content.PublicKey, now) is null:
                return ([], new NoKey());
            case Add add:
                var key = add.Usage == CertificateUsage.Client ? add.Key ?? KeyFor(add.Content.PublicKey, now) : null;
                var added = new StoredCertificate(NextId, add.Name, add.Usage, 1, now, add.Content, key);
                return ([new CertificateEvents.Added(added)], new Done(View(added)));
            case Renew renew when !Certificates.ContainsKey(renew.Id):
                return ([], new Unknown(renew.Id));
            case Renew renew:
                return Renewed(Certificates[renew.Id], renew, now);
            case Delete delete when !Certificates.ContainsKey(delete.Id):
                return ([], new Unknown(delete.Id));
            case Delete delete when UsersOf(delete.Id) is [_, ..] users:
                return ([], new InUse(delete.Id, users));
            case Delete delete:
                return ([new CertificateEvents.Deleted(delete.Id)], new CertificateProtocol.Deleted(delete.Id));
            case Get get:
                return ([], Certificates.TryGetValue(get.Id, out var found) ? new Done(View(found)) : new Unknown(get.Id));
            case List list:
                return ([], PageAfter(list.After));
            case Open open when !Certificates.ContainsKey(open.Id):
                return ([], new Unknown(open.Id));
            case Open open when Certificates[open.Id].Version == open.KnownVersion:
                return ([], new Unchanged(open.Id));
            case Open open:
                var (id, version, content) = (open.Id, Certificates[open.Id].Version, Certificates[open.Id].Content);
                return ([], new Opened(new CertificateMaterial(id, version, content.Pem, content.ChainPem, Certificates[id].Key)));
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.GetType(), "is not a command of the certificates");
        }
    }

    /// <summary>The answer to an integration, and the events to keep before it is given.</summary>
    public (ImmutableArray<ICertificateEvent> Events, CertificateUse.IReply Reply) Decide(CertificateUse.ICommand command, DateTimeOffset now)
    {
        switch (command)
        {
            case CertificateUse.Describe describe:
                var facts = describe.Certificates.Distinct().Where(Certificates.ContainsKey)
                    .Select(id => new CertificateFacts(id, Certificates[id].Usage, Certificates[id].Content.NotAfter));
                return ([], new CertificateUse.Described(now, [.. facts]));
            case CertificateUse.Claim claim when claim.Certificates.Any(id => !Certificates.ContainsKey(id)):
                return ([], new CertificateUse.Gone(claim.Integration, claim.Certificates.First(id => !Certificates.ContainsKey(id))));
            case CertificateUse.Claim claim:
                return (Use(claim.Integration, UsedBy(claim.Integration).Union(claim.Certificates)), new CertificateUse.Claimed(claim.Integration));
            case CertificateUse.Uses uses:
                return (Use(uses.Integration, uses.Certificates), new CertificateUse.UsesKept(uses.Integration, uses.Number));
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.GetType(), "is not a command of the certificates");
        }
    }

    /// <summary>What the time brings: warnings that are due, of each certificate the most urgent only, and keys that have waited too long.</summary>
    public ImmutableArray<ICertificateEvent> Due(DateTimeOffset now)
    {
        var warnings = from certificate in Certificates.Values
                       let stage = ExpirySchedule.At(certificate.Content.NotAfter, now)
                       where stage > certificate.Warned
                       select new ExpiryWarned(certificate.Id, stage);
        return [.. warnings, .. DropKeys(now, MaxKeys)];
    }

    public TimeSpan UntilNextDue(DateTimeOffset now) => ExpirySchedule.Next(
        [.. Certificates.Values.Select(static c => c.Content.NotAfter), .. Keys.Select(static k => k.CreatedAt + KeyLifetime)], now);

    public CertificateState Apply(ICertificateEvent happened) => happened switch
    {
        CertificateEvents.KeyKept { Key: var key } => this with { Keys = Keys.Add(key) },
        KeyDropped dropped => this with { Keys = Keys.RemoveAll(k => k.PublicKey == dropped.PublicKey) },
        Added { Certificate: var added } => With(added) with { NextId = Math.Max(NextId, added.Id + 1) },
        CertificateEvents.Renewed { Certificate: var renewed } => With(renewed),
        CertificateEvents.Deleted deleted => this with { Certificates = Certificates.Remove(deleted.Id) },
        UsesChanged { Users: { Certificates: [] } users } => this with { Users = Users.Remove(users.Integration.Value) },
        UsesChanged { Users: var users } => this with { Users = Users.SetItem(users.Integration.Value, users) },
        ExpiryWarned warned => this with { Certificates = Certificates.SetItem(warned.Id, Certificates[warned.Id] with { Warned = warned.Stage }) },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType(), "is not an event of the certificates"),
    };

    public IReadOnlyList<IntegrationId> UsersOf(long id) =>
        [.. Users.Values.Where(users => users.Certificates.Contains(id)).Select(static users => users.Integration)];

    public Snapshot ToSnapshot() => new(NextId, [.. Certificates.Values], Keys, [.. Users.Values]);

    public static CertificateState FromSnapshot(Snapshot snapshot) => new()
    {
        NextId = snapshot.NextId,
        Certificates = snapshot.Certificates.ToImmutableSortedDictionary(static c => c.Id, static c => c),
        Keys = [.. snapshot.Keys],
        Users = snapshot.Users.ToImmutableSortedDictionary(static u => u.Integration.Value, static u => u),
    };

    private (ImmutableArray<ICertificateEvent> Events, IReply Reply) Renewed(StoredCertificate current, Renew renew, DateTimeOffset now)
    {
        var isSameKey = renew.Content.PublicKey == current.Content.PublicKey;
        var waiting = WaitingKey(renew.Content.PublicKey, now);
        if (current.Usage == CertificateUsage.Client && !isSameKey && waiting is null) return ([], new NoKey());
        var renewed = current with
        {
            Name = renew.Name ?? current.Name,
            Version = current.Version + 1,
            Content = renew.Content,
            Key = isSameKey || current.Usage == CertificateUsage.Ca ? current.Key : waiting,
            Warned = ExpiryStage.None,
        };
        return ([new CertificateEvents.Renewed(renewed)], new Done(View(renewed)));
    }

    private IEnumerable<KeyDropped> DropKeys(DateTimeOffset now, int atMost)
    {
        var live = Keys.Count(k => !IsOver(k, now));
        foreach (var key in Keys)
        {
            if (IsOver(key, now)) yield return new KeyDropped(key.PublicKey, Expired: true);
            else if (live-- > atMost) yield return new KeyDropped(key.PublicKey, Expired: false);
        }
    }

    private static bool IsOver(PendingKey key, DateTimeOffset now) => now - key.CreatedAt >= KeyLifetime;

    /// <summary>A key that waits, or one of a certificate that is here: renewed by a new certificate beside it.</summary>
    private StoredSecret? KeyFor(string publicKey, DateTimeOffset now) =>
        WaitingKey(publicKey, now) ?? Certificates.Values.FirstOrDefault(c => c.Key is not null && c.Content.PublicKey == publicKey)?.Key;

    private StoredSecret? WaitingKey(string publicKey, DateTimeOffset now) => Keys.Find(k => k.PublicKey == publicKey && !IsOver(k, now))?.Key;

    private CertificateState With(StoredCertificate certificate) => this with
    {
        Certificates = Certificates.SetItem(certificate.Id, certificate),
        Keys = certificate.Key is null ? Keys : Keys.RemoveAll(k => k.PublicKey == certificate.Content.PublicKey),
    };

    private IReadOnlyList<long> UsedBy(IntegrationId integration) => Users.TryGetValue(integration.Value, out var users) ? users.Certificates : [];

    private ImmutableArray<ICertificateEvent> Use(IntegrationId integration, IEnumerable<long> certificates)
    {
        long[] sorted = [.. certificates.Distinct().Order()];
        return sorted.SequenceEqual(UsedBy(integration)) ? [] : [new UsesChanged(new CertificateUsers(integration, sorted))];
    }

    private CertificateView View(StoredCertificate c) => View(c, UsersOf(c.Id));

    private static CertificateView View(StoredCertificate c, IReadOnlyList<IntegrationId> users) =>
        new(c.Id, c.Name, c.Usage, c.CreatedAt, c.Content.Fingerprint, c.Content.Issuer, c.Content.NotBefore, c.Content.NotAfter, users);

    private Page PageAfter(long after)
    {
        List<StoredCertificate> found = [.. Certificates.Values.SkipWhile(c => c.Id <= after).Take(Page.MaxCertificates + 1)];
        return new Page([.. found.Take(Page.MaxCertificates).Select(c => View(c, []))], IsLast: found.Count <= Page.MaxCertificates);
    }
}
