namespace Webhook.Actors.Integrations;

/// <summary>A secret as a user wrote it: lives from the request's body to <see cref="ISecretProtector.Protect"/>, and prints as stars.</summary>
internal sealed class SecretText(string value)
{
    public string Reveal() => value;

    public override string ToString() => "***";
}
