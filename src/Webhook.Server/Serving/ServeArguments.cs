namespace Webhook.Server.Serving;

/// <summary>What the command line of <c>serve</c> said.</summary>
/// <param name="IntegrationsFile">Integrations that stand in a file; null: none.</param>
internal sealed record ServeArguments(NodeArguments Node, bool Demo, string? IntegrationsFile);
