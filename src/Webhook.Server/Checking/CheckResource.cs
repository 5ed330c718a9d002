using System.Text.Json.Serialization;
using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationFiles;

namespace Webhook.Server.Checking;

/// <summary>A report as <c>--json</c> has it.</summary>
/// <param name="Live">null: nothing was tested.</param>
internal sealed record CheckResource(bool Succeeded, IReadOnlyList<string> SettingsErrors, IReadOnlyList<CheckedFileResource> Files, IReadOnlyList<LiveResource>? Live)
{
    public static CheckResource Of(CheckReport report) => new(
        report.Succeeded,
        report.SettingsErrors,
        [.. report.Files.Select(file => new CheckedFileResource(file.Path, file.Integrations, Problems(report, file, isWarning: false), Problems(report, file, isWarning: true)))],
        report.Live?.Select(LiveResource.Of).ToList());

    private static IReadOnlyList<ProblemResource> Problems(CheckReport report, CheckedFile file, bool isWarning) =>
        [.. report.Problems.Where(problem => problem.File == file.Path && problem.IsWarning == isWarning).Select(ProblemResource.Of)];
}

/// <param name="Integrations">null: it has errors, or is the agent's.</param>
internal sealed record CheckedFileResource(string Path, int? Integrations, IReadOnlyList<ProblemResource> Errors, IReadOnlyList<ProblemResource> Warnings);

internal sealed record ProblemResource(int? Line, int? Column, string? Key, string Message)
{
    public static ProblemResource Of(FileProblem problem) => new(problem.Place?.Line, problem.Place?.Column, problem.Key, problem.Message);
}

/// <param name="Stages">null: it writes to standard output, where nothing can be tested.</param>
internal sealed record LiveResource(
    string File, int Index, string? Name, string Receiver, bool Succeeded, int? StatusCode, string? Error, IReadOnlyList<LaneProtocol.TestStage>? Stages)
{
    public static LiveResource Of(LiveResult result) => new(
        result.File, result.Integration.Index, result.Integration.Name, result.Receiver, result.Succeeded, result.Report?.StatusCode, result.Report?.Error, result.Report?.Stages);
}

[JsonSerializable(typeof(CheckResource))]
internal sealed partial class CheckJson : JsonSerializerContext
{
    public static CheckJson Readable { get; } = new(ReadableJson.NewOptions());
}
