using Webhook.Server.IntegrationFiles;

namespace Webhook.Server.Checking;

/// <param name="Integrations">How many it has; null: it has errors, or is the agent's.</param>
internal sealed record CheckedFile(string Path, int? Integrations);

/// <summary>What a check found.</summary>
/// <param name="Live">null: nothing was tested.</param>
/// <param name="IsLiveSkipped">Tests were asked for, but something is wrong already.</param>
internal sealed record CheckReport(
    IReadOnlyList<string> SettingsErrors, IReadOnlyList<CheckedFile> Files, IReadOnlyList<FileProblem> Problems, IReadOnlyList<LiveResult>? Live, bool IsLiveSkipped)
{
    public bool Succeeded => SettingsErrors.Count == 0 && !Problems.Any(static problem => !problem.IsWarning) && Live?.All(static result => result.Succeeded) != false;

    public int Errors(CheckedFile file) => Problems.Count(problem => problem.File == file.Path && !problem.IsWarning);

    public int Warnings(CheckedFile file) => Problems.Count(problem => problem.File == file.Path && problem.IsWarning);
}
