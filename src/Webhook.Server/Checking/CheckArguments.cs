namespace Webhook.Server.Checking;

/// <summary>What the command line said.</summary>
/// <param name="Files">With integrations.</param>
/// <param name="AgentFile">The sensor's own; null: none.</param>
/// <param name="IsLive">Also test the receivers.</param>
internal sealed record CheckArguments(IReadOnlyList<string> Files, string? SettingsFile, IReadOnlyList<string> Set, string? AgentFile, bool IsLive, bool IsJson);
