using System.Security.Cryptography;

namespace Webhook.Server.Access;

/// <summary>Tokens made at the first start, to be shown once; null where none was made.</summary>
internal sealed record NewTokens(string? Admin, string? Ingest);

/// <summary>The keys that are valid now. Looking one up takes the same time whichever it is, or none.</summary>
internal sealed class AccessKeys
{
    public const string AdminTokenVariable = "WEBHOOK_ADMIN_TOKEN";
    public const string IngestKeyVariable = "WEBHOOK_INGEST_KEY";

    private volatile Entry[] _entries;

    private AccessKeys(IEnumerable<AccessKey> keys) => _entries = [.. keys.Select(Entry.Of)];

    /// <summary>Reads the keys, or makes the first ones. A token from the environment stands in place of the stored one of its role, for as long as it is set.</summary>
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

        IEnumerable<AccessKey> keys = stored;
        if (adminToken is not null) keys = Replace(keys, AccessKey.FromToken("admin", AccessRole.Admin, adminToken, now));
        if (ingestKey is not null) keys = Replace(keys, AccessKey.FromToken("ingest", AccessRole.Ingest, ingestKey, now));
        return (new AccessKeys(keys), new NewTokens(newAdmin, newIngest));
    }

    /// <returns>null, or why the token of the environment cannot be used; never the token.</returns>
    public static string? CheckToken(string variable, string? token) =>
        token is null || token.Length >= AccessKey.MinTokenLength
            ? null
            : $"{variable} has {token.Length} characters; it needs at least {AccessKey.MinTokenLength}. Use for example: openssl rand -base64 32";

    /// <summary>A key that lives as long as the process: the demo calls the API through the ordinary door with one.</summary>
    public string AddTransient(string name, AccessRole role, DateTimeOffset now)
    {
        var token = AccessKey.NewToken(role);
        _entries = [.. _entries, Entry.Of(AccessKey.FromToken(name, role, token, now))];
        return token;
    }

    public AccessKey? Find(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        AccessKey.HashToken(token, hash);
        AccessKey? found = null;
        foreach (var entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash)) found = entry.Key;
        }

        return found;
    }

    private static IEnumerable<AccessKey> Replace(IEnumerable<AccessKey> keys, AccessKey key) =>
        keys.Where(k => k.Name != key.Name || k.Role != key.Role).Append(key);

    private sealed record Entry(AccessKey Key, byte[] Hash)
    {
        public static Entry Of(AccessKey key) => new(key, Convert.FromBase64String(key.Hash));
    }
}
