namespace Webhook.Server.Serving;

/// <summary>What the command line says about a node, whatever it is for.</summary>
internal sealed record NodeArguments(string Urls, string DataFolder, string? SettingsFile, IReadOnlyList<string> Set)
{
    /// <returns>null, or what is wrong with a <c>--set</c>.</returns>
    public string? TryReadSettings(out Dictionary<string, string?> settings)
    {
        settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Urls"] = Urls };
        foreach (var setting in Set)
        {
            if (setting.IndexOf('=', StringComparison.Ordinal) is var equals and > 0) settings[setting[..equals]] = setting[(equals + 1)..];
            else return $"--set {setting}: write it as Webhook:Section:Key=value.";
        }

        return null;
    }
}
