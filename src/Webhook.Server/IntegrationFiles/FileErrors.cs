using System.Globalization;

namespace Webhook.Server.IntegrationFiles;

/// <summary>Where in a file something stands; both from 1, columns in UTF-16 characters.</summary>
internal readonly record struct FilePlace(int Line, int Column)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}");
}

/// <param name="Place">null: it is the file as a whole.</param>
/// <param name="Key">The way to the value: <c>integrations[0].configuration.endpoint</c>; null where there is none.</param>
internal sealed record FileProblem(string File, FilePlace? Place, string? Key, string Message, bool IsWarning)
{
    /// <summary><c>FILE:LINE:COLUMN: key: message</c>, the form that editors and CI systems know.</summary>
    public override string ToString()
    {
        var place = Place is { } at ? string.Create(CultureInfo.InvariantCulture, $":{at.Line}:{at.Column}") : "";
        return $"{File}{place}: {(IsWarning ? "warning: " : "")}{(Key is null ? "" : Key + ": ")}{Message}";
    }
}

/// <summary>Collects everything that is wrong with files, so that all of it is told at once.</summary>
internal sealed class FileErrors
{
    /// <summary>Of all files together. More would help nobody, and a file that was made to be wrong must not cost more.</summary>
    public const int MaxErrors = 100;

    private readonly List<FileProblem> _problems = [];
    private int _errors;

    /// <summary>By file in the order of reading, then by place.</summary>
    public IReadOnlyList<FileProblem> All
    {
        get
        {
            var files = _problems.Select(static problem => problem.File).Distinct().ToList();
            return [.. _problems.OrderBy(problem => files.IndexOf(problem.File)).ThenBy(static problem => problem.Place?.Line).ThenBy(static problem => problem.Place?.Column)];
        }
    }

    public IReadOnlyList<FileProblem> Errors => [.. All.Where(static problem => !problem.IsWarning)];

    public IReadOnlyList<FileProblem> Warnings => [.. All.Where(static problem => problem.IsWarning)];

    public bool Any => _errors > 0;

    /// <summary>Nothing more is taken; whoever reads may stop.</summary>
    public bool IsFull => _errors > MaxErrors;

    public void Add(string file, FilePlace? place, string? key, string message)
    {
        if (IsFull) return;
        _problems.Add(++_errors > MaxErrors
            ? new FileProblem(file, null, null, $"has more than {MaxErrors} errors; mend the first ones", IsWarning: false)
            : new FileProblem(file, place, key, message, IsWarning: false));
    }

    public void Warn(string file, FilePlace? place, string? key, string message) =>
        _problems.Add(new FileProblem(file, place, key, message, IsWarning: true));
}
