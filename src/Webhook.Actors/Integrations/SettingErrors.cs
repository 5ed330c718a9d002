namespace Webhook.Actors.Integrations;

/// <param name="Path">The field as it stands in the API's body: <c>connectionInfo.headers[2].key</c>; empty for the body itself.</param>
/// <param name="Value">The value as it is shown before the message; null: it is not shown.</param>
internal readonly record struct SettingError(string Path, string? Value, string Message)
{
    public override string ToString() => (Path.Length == 0 ? "" : Path + ": ") + (Value is null ? "" : Value + " ") + Message;
}

/// <summary>Collects everything that is wrong with a request, one sentence a field, so that all of it is told at once.</summary>
internal sealed class SettingErrors
{
    private readonly List<SettingError> _errors = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public IReadOnlyList<SettingError> Errors => _errors;

    public IReadOnlyList<string> All => [.. _errors.Select(static error => error.ToString())];

    public bool Any => _errors.Count > 0;

    /// <param name="path">The field as it stands in the body: <c>connectionInfo.headers[2].key</c>; empty for the body itself.</param>
    /// <param name="message">What is wrong, the value unless it may be secret, the limit, the way out.</param>
    public void Add(string path, string message) => Add(path, null, message);

    /// <param name="value">The value as the message begins with it. Apart, because who reads a file may know it by another name: a variable's.</param>
    /// <inheritdoc cref="Add(string, string)"/>
    public void Add(string path, string? value, string message)
    {
        _paths.Add(path);
        _errors.Add(new SettingError(path, value, message));
    }

    /// <summary>true: the field is known to be wrong, so that it is missing is no news.</summary>
    public bool Has(string path) => _paths.Contains(path);
}
