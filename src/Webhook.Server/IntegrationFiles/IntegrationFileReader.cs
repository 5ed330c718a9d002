using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationFiles.Yaml;

namespace Webhook.Server.IntegrationFiles;

/// <summary>
/// Reads integrations out of a file (docs/integration-files.md). Nothing is passed over: whatever is wrong is an error with its place, all of them are told at once, and then there is no
/// result. The rules for the values are the engine's.
/// </summary>
/// <param name="environment">For <c>${NAME}</c>; null: this process's.</param>
internal sealed class IntegrationFileReader(IntegrationValidator validator, Func<string, string?>? environment = null)
{
    private const string List = "integrations";

    private readonly References _references = new(environment ?? Environment.GetEnvironmentVariable);

    /// <returns>null when <paramref name="errors"/> got any; warnings do not count.</returns>
    public IntegrationFile? Read(string path, FileErrors errors)
    {
        if (ConfigurationFile.Read(path, errors) is not { } text || YamlReader.Read(path, text, errors) is not { } root) return null;
        var file = new FileScope(path, root.Place, _references, errors, static key => key.Length == 0 ? null : key);
        var items = FileMapping.Open(root, "", IntegrationKeys.File, file) is { } mapping ? ReadItems(mapping, file) : null;
        file.Tell();
        var integrations = new List<FileIntegration>();
        var names = new Dictionary<string, FilePlace>(StringComparer.Ordinal);
        for (var i = 0; i < items?.Count && !errors.IsFull; i++)
            if (ReadEntry(path, items[i], i, names, errors) is { } integration) integrations.Add(integration);
        if (items is null || file.HasErrors || integrations.Count < items.Count) return null;
        if (items.Count == 0) errors.Warn(path, file.PlaceOf(List), List, "is empty: nothing is forwarded");
        return new IntegrationFile(path, integrations);
    }

    private static IReadOnlyList<YamlNode>? ReadItems(FileMapping mapping, FileScope file)
    {
        // An empty list says so; a file that was cut off must not look like one.
        if (!mapping.Has(List) && !file.Errors.Has("")) file.Errors.Add(List, "is missing; a list of integrations, or [] for none");
        return mapping.List(List, static (node, _, _) => node, standIn: null!);
    }

    private FileIntegration? ReadEntry(string path, YamlNode node, int index, Dictionary<string, FilePlace> names, FileErrors errors)
    {
        var scope = new FileScope(path, node.Place, _references, errors, key => IntegrationKeys.Of(FormattableString.Invariant($"integrations[{index}]"), key));
        var request = IntegrationEntry.Read(node, scope);
        if (request?.Name?.Trim() is { } name && !names.TryAdd(name, scope.PlaceOf("name")))
            scope.Errors.Add("name", $"'{name}'", $"is given twice; the first is in {names[name]}. Names are unique in a file");
        var settings = request is null ? null : validator.ValidateFromFile(request, scope.Errors);
        scope.Tell();
        return settings is null || scope.HasErrors
            ? null
            : new FileIntegration(index, request!.Name?.Trim(), settings) { Place = node.Place, ChannelsPlace = scope.PlaceOf("channels") };
    }
}
