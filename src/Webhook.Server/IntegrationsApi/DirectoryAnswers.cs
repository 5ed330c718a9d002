using System.Globalization;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Integrations.DirectoryResult;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Every outcome of a request to the directory, and its HTTP answer: the one place where they meet.</summary>
internal static class DirectoryAnswers
{
    public static IResult Answer(this DirectoryResult result, Func<IntegrationView, IResult> done) => result switch
    {
        Done(var integration) => done(integration),
        Deleted => Results.NoContent(),
        Tested(var report) => Results.Json(TestResource.Of(report), IntegrationsJson.Readable.TestResource),
        _ => new ErrorResult(ErrorOf(result)),
    };

    private static ApiError ErrorOf(DirectoryResult result) => result switch
    {
        NotFound(var id) => new ApiError(StatusCodes.Status404NotFound, "not_found", $"There is no integration with id {id}."),
        Invalid(var errors) => new ApiError(StatusCodes.Status400BadRequest, "invalid_integration", $"The integration has {Count(errors.Count, "error")}; see details.", errors),
        NameTaken(var name, var by) => new ApiError(
            StatusCodes.Status409Conflict, "name_taken", $"The name '{name}' is taken by integration {by}; choose another."),
        TestFailed(var report) => new ApiError(
            StatusCodes.Status409Conflict, "test_failed",
            $"The test of these settings failed, so nothing was changed: {report.Error ?? "see details"}", [.. report.Stages.Select(Describe)]),
        InFile(var id, var file) => new ApiError(
            StatusCodes.Status409Conflict, "managed_by_file", $"Integration {id} stands in the file {file}; change it there."),
        Refused(_, IntegrationProtocol.RefusalReason.NotTested) => new ApiError(
            StatusCodes.Status409Conflict, "not_tested", "Enabling needs a successful test of exactly these settings; call POST …/test first."),
        Refused(var id, IntegrationProtocol.RefusalReason.Busy) => new ApiError(
            StatusCodes.Status409Conflict, "busy", $"Another change or a test of integration {id} is under way; try again when it is done."),
        Refused(var id, IntegrationProtocol.RefusalReason.Outdated) => new ApiError(
            StatusCodes.Status409Conflict, "outdated", $"Integration {id} was changed by someone else at the same time; read it again and repeat the change."),
        Refused(var id, IntegrationProtocol.RefusalReason.Exists) => new ApiError(StatusCodes.Status409Conflict, "exists", $"Integration {id} exists already."),
        Refused(var id, IntegrationProtocol.RefusalReason.LanesSilent) => new ApiError(
            StatusCodes.Status500InternalServerError, "lanes_silent", $"The delivery of integration {id} did not answer in time, so nothing was changed; try again."),
        Refused(var id, IntegrationProtocol.RefusalReason.NotEnabled) => new ApiError(
            StatusCodes.Status409Conflict, "not_enabled", $"Integration {id} is disabled; enable it first."),
        Refused(var id, IntegrationProtocol.RefusalReason.ReplayUnderWay) => new ApiError(
            StatusCodes.Status409Conflict, "replay_under_way", $"A replay of integration {id} is under way; wait for its end, or call it off with DELETE …/replay."),
        Refused(_, IntegrationProtocol.RefusalReason.NothingToReplay) => new ApiError(
            StatusCodes.Status409Conflict, "nothing_to_replay",
            "No event that is still kept and was delivered matches; a dry run says what is kept. Webhook:EventLog:ReplayAge and ReplayBytes keep more."),
        Refused(var id, IntegrationProtocol.RefusalReason.RedeliveryUnderWay) => new ApiError(
            StatusCodes.Status409Conflict, "redelivery_under_way", $"A redelivery of integration {id} is under way; try again when it is done."),
        Refused(var id, IntegrationProtocol.RefusalReason.CertificateGone) => new ApiError(
            StatusCodes.Status409Conflict, "certificate_gone", $"A certificate that integration {id} was to use has just been deleted, so nothing was changed; choose another."),
        Refused(var id, IntegrationProtocol.RefusalReason.CertificatesSilent) => new ApiError(
            StatusCodes.Status500InternalServerError, "certificates_silent", $"The certificates did not answer in time, so integration {id} was not changed; try again."),
        Unanswered => new ApiError(
            StatusCodes.Status500InternalServerError, "unanswered", "There was no answer in time, so it is unknown whether it was done; look before trying again."),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.GetType(), "has no answer"),
    };

    private static string Describe(LaneProtocol.TestStage stage)
    {
        var detail = stage.Detail is { Length: > 0 } text ? ": " + text : "";
        return string.Create(CultureInfo.InvariantCulture, $"{stage.Name} {(stage.Succeeded ? "succeeded" : "failed")} after {stage.Milliseconds} ms{detail}");
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
