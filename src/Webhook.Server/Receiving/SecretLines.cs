using Webhook.Actors.Integrations;

namespace Webhook.Server.Receiving;

/// <summary>Secrets for trying things out: one a line, the newest first, out of a file or an environment variable, so that none stands on a command line.</summary>
internal static class SecretLines
{
    /// <param name="file">null: <paramref name="variable"/> is read instead, if it is set.</param>
    /// <exception cref="InvalidDataException">There is none in the file, or one that cannot be used; the message never holds it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string? file, string variable)
    {
        var text = file is null ? Environment.GetEnvironmentVariable(variable) : File.ReadAllText(file);
        string[] secrets = [.. (text ?? "").Split('\n').Select(static line => line.Trim('\r', ' ', '\t')).Where(static line => line.Length > 0)];
        var source = file ?? variable;
        if (file is not null && secrets.Length == 0) throw new InvalidDataException($"{file} holds no secret; write one on each line.");
        for (var i = 0; i < secrets.Length; i++)
        {
            // What is right for a signature is the widest: whether user:password or a token is wanted shows with the request.
            if (SecretRules.Check(Authentication.Signature, SignatureStyle.StandardWebhooks, secrets[i]) is { } wrong)
                throw new InvalidDataException($"{source}: secret {i + 1} {wrong}.");
        }

        return secrets;
    }
}
