namespace Webhook.Actors.Integrations;

/// <summary>Collects everything that is wrong with a request, one sentence a field, so that all of it is told at once.</summary>
internal sealed class SettingErrors
{
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public IReadOnlyList<string> All => _errors;

    public bool Any => _errors.Count > 0;

    /// <param name="path">The field as it stands in the body: <c>connectionInfo.headers[2].key</c>; empty for the body itself.</param>
    /// <param name="message">What is wrong, the value unless it may be secret, the limit, the way out.</param>
    public void Add(string path, string message)
    {
        _paths.Add(path);
        _errors.Add(path.Length == 0 ? message : $"{path}: {message}");
    }

    /// <summary>true: the field is known to be wrong, so that it is missing is no news.</summary>
    public bool Has(string path) => _paths.Contains(path);
}
