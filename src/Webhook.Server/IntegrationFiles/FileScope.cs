using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationFiles;

/// <summary>
/// What is being read of a file, and what is wrong with it: errors are kept by the engine's paths (<c>connectionInfo.endpoint</c>), so that its own rules add to them, and told by
/// the file's keys and places.
/// </summary>
/// <param name="keyOf">From the engine's path to the file's key.</param>
internal sealed class FileScope(string file, FilePlace start, References references, FileErrors errors, Func<string, string?> keyOf)
{
    private readonly Dictionary<string, FilePlace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _filled = new(StringComparer.Ordinal);

    private readonly List<(FilePlace Place, string Key, string Message)> _refusedKeys = [];

    public SettingErrors Errors { get; } = new();

    public bool HasErrors => Errors.Any || _refusedKeys.Count > 0;

    public References References => references;

    /// <summary>Where a value stands, or its key where there is no value to point at.</summary>
    public void Place(string path, FilePlace place) => _places[path] = place;

    public FilePlace PlaceOf(string path)
    {
        // What is missing is shown where it is missed.
        while (true)
        {
            if (_places.TryGetValue(path, out var place)) return place;
            var parent = Math.Max(path.LastIndexOf('.'), path.LastIndexOf('['));
            if (parent < 0) return start;
            path = path[..parent];
        }
    }

    /// <summary>The value at this path came out of the environment or a file: messages show what stands here instead.</summary>
    public void Filled(string path, string written) => _filled[path] = written;

    /// <summary>A key that may not be there: told by its own name, and with a place of its own.</summary>
    public void RefuseKey(FilePlace place, string parent, string key, string message) =>
        _refusedKeys.Add((place, keyOf(parent) is { } prefix ? $"{prefix}.{key}" : key, message));

    public void Warn(string path, string message) => errors.Warn(file, PlaceOf(path), keyOf(path), message);

    /// <summary>Tells everything that is wrong.</summary>
    public void Tell()
    {
        foreach (var (place, key, message) in _refusedKeys) errors.Add(file, place, key, message);
        foreach (var error in Errors.Errors)
        {
            var value = error.Value is null ? "" : (_filled.TryGetValue(error.Path, out var written) ? $"'{written}'" : error.Value) + " ";
            errors.Add(file, PlaceOf(error.Path), keyOf(error.Path), value + error.Message);
        }
    }
}
