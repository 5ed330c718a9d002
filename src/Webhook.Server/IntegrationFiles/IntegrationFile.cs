using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationFiles;

/// <summary>The integrations that a file describes, all valid.</summary>
internal sealed record IntegrationFile(string Path, IReadOnlyList<FileIntegration> Integrations);

/// <summary>One of them.</summary>
/// <param name="Index">Its place in the list, from 0.</param>
/// <param name="Name">Unique in the file; null: it has none.</param>
/// <param name="Settings">Of type WEBHOOK or LOCAL, the secret encrypted. Whether two say the same tells <see cref="SettingsComparison.SameInClearAs"/>.</param>
internal sealed record FileIntegration(int Index, string? Name, IntegrationSettings Settings)
{
    /// <summary>Where it begins.</summary>
    public FilePlace Place { get; init; }

    /// <summary>Where its channels are.</summary>
    public FilePlace ChannelsPlace { get; init; }

    /// <summary>As messages name it: <c>integrations[0]</c>.</summary>
    public string Key => FormattableString.Invariant($"integrations[{Index}]");
}
