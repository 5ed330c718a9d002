using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Webhook.Server.Access;

/// <summary>A token as it is stored: name, role and hash, never the token itself.</summary>
/// <param name="Hash">SHA-256 of the token, base64. Tokens are random 256-bit values or at least <see cref="MinTokenLength"/> characters of an operator's choosing, so a slow hash would only slow ingest.</param>
internal sealed record AccessKey(string Name, AccessRole Role, string Hash, DateTimeOffset CreatedAt)
{
    public const int MinTokenLength = 24;

    public static string NewToken(AccessRole role)
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return $"wh_{role switch { AccessRole.Admin => "admin", AccessRole.Viewer => "viewer", _ => "ingest" }}_{Base64Url.EncodeToString(random)}";
    }

    public static AccessKey FromToken(string name, AccessRole role, string token, DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HashToken(token, hash);
        return new AccessKey(name, role, Convert.ToBase64String(hash), now);
    }

    public static void HashToken(string token, Span<byte> hash) => SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
}
