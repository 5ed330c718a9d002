using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Webhook.Server.Access;

/// <summary>A token as it is stored: name, role and hash, never the token itself.</summary>
/// <param name="Hash">SHA-256 of the token, base64. Tokens are random 256-bit values or at least <see cref="MinTokenLength"/> characters of an operator's choosing, so a slow hash would only slow ingest.</param>
internal sealed record AccessKey(string Name, AccessRole Role, string Hash, DateTimeOffset CreatedAt)
{
    public const int MinTokenLength = 24;
    public const int MaxNameLength = 64;
    private const string TokenPrefix = "wh_";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>A token that was made here; one of an operator's choosing cannot be told.</summary>
    public static bool IsLikeToken(string text) => text.StartsWith(TokenPrefix, StringComparison.Ordinal);

    /// <returns>null, or why it cannot be a key's name.</returns>
    public static string? CheckName(string name)
    {
        if (name.Length is 0 or > MaxNameLength) return $"has {name.Length} characters; 1 to {MaxNameLength} are allowed";
        if (IsLikeToken(name)) return $"begins with {TokenPrefix} as tokens do; choose another";
        return name.AsSpan().ContainsAnyExcept(NameCharacters) || !char.IsAsciiLetterOrDigit(name[0])
            ? "may hold letters a to z in both cases, digits, '.', '_' and '-', and begins with a letter or digit"
            : null;
    }

    public static string NewToken(AccessRole role)
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return $"{TokenPrefix}{AccessRoles.NameOf(role)}_{Base64Url.EncodeToString(random)}";
    }

    public static AccessKey FromToken(string name, AccessRole role, string token, DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HashToken(token, hash);
        return new AccessKey(name, role, Convert.ToBase64String(hash), now);
    }

    public static void HashToken(string token, Span<byte> hash)
    {
        // As long as nearly every token is; a request's token may be as long as Kestrel lets a header be.
        Span<byte> buffer = stackalloc byte[512];
        SHA256.HashData(Encoding.UTF8.TryGetBytes(token, buffer, out var written) ? buffer[..written] : Encoding.UTF8.GetBytes(token), hash);
    }
}
