using System.Text.RegularExpressions;

namespace Webhook.Server.Inputs.Following;

/// <summary>The older files of a log that is rotated by renaming or copying: beside it, named like it, with a number or a date: <c>app.log.1</c>, <c>app.log-20261125</c>, <c>app-2026-11-25.log</c>.</summary>
internal sealed partial class RotatedFiles(string path)
{
    private readonly string _folder = Path.GetDirectoryName(path)!;
    private readonly string _name = Path.GetFileName(path);
    private readonly string _stem = Path.GetFileNameWithoutExtension(path);
    private readonly string _extension = Path.GetExtension(path);

    /// <summary>Those that are there, as they are called now; not the one at the path itself. Compressed ones cannot be read and are left out.</summary>
    public IReadOnlyList<string> Paths()
    {
        try
        {
            return [.. Directory.EnumerateFiles(_folder, _stem + "*").Where(file => IsRotated(Path.GetFileName(file)))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public bool IsRotated(string name) =>
        (name.StartsWith(_name, StringComparison.Ordinal) && Number().IsMatch(name.AsSpan(_name.Length)))
        || (name.StartsWith(_stem, StringComparison.Ordinal) && _extension.Length > 0 && name.EndsWith(_extension, StringComparison.Ordinal)
            && name.Length > _name.Length && Number().IsMatch(name.AsSpan(_stem.Length, name.Length - _name.Length)));

    [GeneratedRegex(@"\A[._-](\d[\dTZ:._-]*|old|bak|prev)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
