using System.Security.Cryptography;

namespace Webhook.Server.Access;

/// <summary>Tokens made at the first start, to be shown once; null where none was made.</summary>
internal sealed record NewTokens(string? Admin, string? Ingest);

/// <summary>Whether two hashes are the same.</summary>
internal delegate bool HashComparison(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

/// <summary>The keys that are valid now; a change is in the file before it is in force. Looking one up takes the same time whichever it is, or none.</summary>
internal sealed class AccessKeys
{
    public const string AdminTokenVariable = "WEBHOOK_ADMIN_TOKEN";
    public const string IngestKeyVariable = "WEBHOOK_INGEST_KEY";

    /// <summary>Each request is compared with all of them: 10 µs at this number.</summary>
    public const int MaxKeys = 1000;

    /// <summary>Takes the same time whether and where hashes differ.</summary>
    internal static readonly HashComparison Comparison = CryptographicOperations.FixedTimeEquals;

    private readonly Lock _changing = new();
    private readonly AccessKeyFile _file;

    // What the file holds; only under the lock.
    private IReadOnlyList<AccessKey> _stored;
    private volatile Entry[] _entries;

    private AccessKeys(AccessKeyFile file, IReadOnlyList<AccessKey> stored, IEnumerable<Entry> entries)
    {
        _file = file;
        _stored = stored;
        _entries = [.. entries];
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<ActiveKey> All => [.. _entries.Select(static e => new ActiveKey(e.Key, e.Origin, e.LastUsedAt)).OrderBy(static k => k.Key.Name, StringComparer.Ordinal)];

    /// <summary>Whether the key is still valid: for what goes on longer than a request.</summary>
    public bool Has(string name) => Array.Exists(_entries, e => e.Key.Name == name);

    /// <summary>Reads the keys, or makes the first ones. A token from the environment stands in place of the stored one of its name, for as long as it is set.</summary>
    public static (AccessKeys Keys, NewTokens New) Open(AccessKeyFile file, string? adminToken, string? ingestKey, DateTimeOffset now)
    {
        var stored = file.Load();
        var (newAdmin, newIngest) = (default(string), default(string));
        if (stored is null)
        {
            newAdmin = adminToken is null ? AccessKey.NewToken(AccessRole.Admin) : null;
            newIngest = ingestKey is null ? AccessKey.NewToken(AccessRole.Ingest) : null;
            stored =
            [
                AccessKey.FromToken("admin", AccessRole.Admin, newAdmin ?? adminToken!, now),
                AccessKey.FromToken("ingest", AccessRole.Ingest, newIngest ?? ingestKey!, now),
            ];
            file.Save(stored);
        }

        var entries = stored.Select(static key => new Entry(key, KeyOrigin.File));
        if (adminToken is not null) entries = Replace(entries, AccessKey.FromToken("admin", AccessRole.Admin, adminToken, now));
        if (ingestKey is not null) entries = Replace(entries, AccessKey.FromToken("ingest", AccessRole.Ingest, ingestKey, now));
        return (new AccessKeys(file, stored, entries), new NewTokens(newAdmin, newIngest));
    }

    /// <summary>What an agent has: no file, no API to change anything, and one key for producers if it was given one.</summary>
    public static AccessKeys OfAgent(string dataFolder, string? ingestKey, DateTimeOffset now) => new(
        new AccessKeyFile(dataFolder), [],
        ingestKey is null ? [] : [new Entry(AccessKey.FromToken("ingest", AccessRole.Ingest, ingestKey, now), KeyOrigin.Environment)]);

    /// <returns>null, or why the token of the environment cannot be used; never the token.</returns>
    public static string? CheckToken(string variable, string? token) =>
        token is null || token.Length >= AccessKey.MinTokenLength
            ? null
            : $"{variable} has {token.Length} characters; it needs at least {AccessKey.MinTokenLength}. Use for example: openssl rand -base64 32";

    /// <summary>A key that lives as long as the process: the demo calls the API through the ordinary door with one.</summary>
    public string AddTransient(string name, AccessRole role, DateTimeOffset now)
    {
        var token = AccessKey.NewToken(role);
        lock (_changing) _entries = [.. _entries, new Entry(AccessKey.FromToken(name, role, token, now), KeyOrigin.Program)];
        return token;
    }

    /// <param name="name">Valid by <see cref="AccessKey.CheckName"/>.</param>
    public KeyChange Add(string name, AccessRole role, DateTimeOffset now)
    {
        lock (_changing)
        {
            if (_entries.Any(e => e.Key.Name == name) || _stored.Any(k => k.Name == name)) return new KeyChange.NameTaken();
            if (_entries.Length >= MaxKeys) return new KeyChange.TooMany();
            var token = AccessKey.NewToken(role);
            var key = AccessKey.FromToken(name, role, token, now);
            if (!TrySave([.. _stored, key])) return new KeyChange.Unwritable();
            _entries = [.. _entries, new Entry(key, KeyOrigin.File)];
            return new KeyChange.Added(key, token);
        }
    }

    public KeyChange Remove(string name)
    {
        lock (_changing)
        {
            if (Array.Find(_entries, e => e.Key.Name == name) is not { } entry) return new KeyChange.NotFound();
            if (entry.Origin != KeyOrigin.File) return new KeyChange.NotStored(entry.Origin);
            if (entry.Key.Role == AccessRole.Admin && !_entries.Any(e => e != entry && e.Key.Role == AccessRole.Admin && e.Origin != KeyOrigin.Program))
                return new KeyChange.LastAdmin();
            if (!TrySave([.. _stored.Where(k => k.Name != name)])) return new KeyChange.Unwritable();
            _entries = [.. _entries.Where(e => e != entry)];
            return new KeyChange.Removed(entry.Key);
        }
    }

    public AccessKey? Find(string token, DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        AccessKey.HashToken(token, hash);
        var found = Find(hash, _entries, Comparison);
        found?.Used(now);
        return found?.Key;
    }

    /// <summary>Compares with every entry, also after the right one.</summary>
    internal static Entry? Find(ReadOnlySpan<byte> hash, Entry[] entries, HashComparison same)
    {
        Entry? found = null;
        foreach (var entry in entries)
        {
            if (same(hash, entry.Hash)) found = entry;
        }

        return found;
    }

    private static IEnumerable<Entry> Replace(IEnumerable<Entry> entries, AccessKey key) =>
        entries.Where(e => e.Key.Name != key.Name).Append(new Entry(key, KeyOrigin.Environment));

    private bool TrySave(IReadOnlyList<AccessKey> keys)
    {
        try
        {
            _file.Save(keys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        _stored = keys;
        return true;
    }

    /// <summary>A key in memory, with its hash ready to be compared.</summary>
    internal sealed class Entry(AccessKey key, KeyOrigin origin)
    {
        private long _lastUsedSeconds;

        public AccessKey Key => key;

        public KeyOrigin Origin => origin;

        public byte[] Hash { get; } = Convert.FromBase64String(key.Hash);

        public DateTimeOffset? LastUsedAt =>
            Volatile.Read(ref _lastUsedSeconds) is var seconds and not 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

        public void Used(DateTimeOffset now)
        {
            // Written once a second: producers on other cores read the line beside it.
            var seconds = now.ToUnixTimeSeconds();
            if (Volatile.Read(ref _lastUsedSeconds) != seconds) Volatile.Write(ref _lastUsedSeconds, seconds);
        }
    }
}
