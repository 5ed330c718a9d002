using System.Text.RegularExpressions;

namespace Webhook.Server.Inputs.Following;

/// <summary>The older files of a log that is rotated by renaming or copying: beside it, named like it, with a number or a date: <c>app.log.1</c>, <c>app.log-20261125</c>, <c>app-2026-11-25.log</c>.</summary>
/// <remarks>Behind a symbolic link it is where that leads to that is rotated. <c>app-2.log</c> is none: it may well be the log of a second process.</remarks>
internal sealed partial class RotatedFiles(string path)
{
    private const int DigitsOfADate = 6;

    /// <summary>Those that are there, as they are called now; not the one at the path itself. Compressed ones cannot be read and are left out.</summary>
    public IReadOnlyList<string> Paths() => Target() is { } target ? [.. Of(path).Union(Of(target)).Where(file => file != target)] : [.. Of(path)];

    /// <param name="name">Of a file.</param>
    /// <param name="live">What it would be called if it had not been rotated.</param>
    public static bool IsRotated(string name, string live)
    {
        if (name.StartsWith(live, StringComparison.Ordinal)) return Number().IsMatch(name.AsSpan(live.Length));
        var (stem, extension) = (Path.GetFileNameWithoutExtension(live), Path.GetExtension(live));
        if (extension.Length == 0 || name.Length <= live.Length || !name.StartsWith(stem, StringComparison.Ordinal) || !name.EndsWith(extension, StringComparison.Ordinal)) return false;
        var between = name[stem.Length..^extension.Length];
        return Number().IsMatch(between) && (between[0] == '.' || between.Count(char.IsAsciiDigit) >= DigitsOfADate);
    }

    private static IEnumerable<string> Of(string live)
    {
        try
        {
            var name = Path.GetFileName(live);
            return [.. Directory.EnumerateFiles(Path.GetDirectoryName(live)!, Path.GetFileNameWithoutExtension(live) + "*").Where(file => IsRotated(Path.GetFileName(file), name))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Where the path leads to; null if it is no symbolic link.</summary>
    private string? Target()
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // Nothing is there, or the link leads in a circle.
            return null;
        }
    }

    [GeneratedRegex(@"\A[._-](\d[\dTZ:._-]*|old|bak|prev)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
