using Webhook.Server.Access;

namespace Webhook.Server.Client;

/// <summary>Which server, and what opens it. The token is never an argument: others can read those.</summary>
/// <param name="TokenSource">Where the token comes from, for people.</param>
internal sealed record ServerAddress(Uri Url, string Token, string TokenSource)
{
    public const string ServerVariable = "WEBHOOK_SERVER";
    public const string Default = "http://127.0.0.1:8080";

    private const int MaxTokenFileBytes = 4096;

    /// <exception cref="ClientFailure">The address is none, or there is no token.</exception>
    public static ServerAddress Find(string? server, string? tokenFile)
    {
        var url = ReadUrl(server ?? NotEmpty(ServerVariable) ?? Default, server is null ? ServerVariable : "--server");
        var (token, source) = tokenFile is null ? (NotEmpty(AccessKeys.AdminTokenVariable), AccessKeys.AdminTokenVariable) : (ReadToken(tokenFile), tokenFile);
        if (token is null)
            throw ClientFailure.WrongUsage($"there is no token for {url}; set {AccessKeys.AdminTokenVariable}, or give the file that holds it with --token-file");
        if (token.Any(static c => c is <= ' ' or > '~'))
            throw ClientFailure.WrongUsage($"the token of {source} holds white space or characters that no token has; it is one line of visible ASCII characters");
        return new ServerAddress(url, token, source);
    }

    /// <summary>Never the token.</summary>
    public override string ToString() => Url.ToString();

    private static Uri ReadUrl(string text, string from)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw ClientFailure.WrongUsage($"{from} must be an http:// or https:// URL, for example {Default}");
        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw ClientFailure.WrongUsage($"{from} must be scheme, host, port and perhaps a path, for example {Default}; the token comes from {AccessKeys.AdminTokenVariable} or --token-file");
        return new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
    }

    private static string ReadToken(string file)
    {
        var token = InputFile.ReadText(file, MaxTokenFileBytes).Trim();
        return token.Length > 0 ? token : throw ClientFailure.WrongUsage($"the token file {file} is empty");
    }

    private static string? NotEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
