using System.Globalization;
using Webhook.Actors.Certificates;
using static Webhook.Actors.Certificates.CertificateResult;

namespace Webhook.Server.CertificatesApi;

/// <summary>Every outcome of a request about certificates, and its HTTP answer: the one place where they meet.</summary>
internal static class CertificateAnswers
{
    public static IResult Answer(this CertificateResult result, int status = StatusCodes.Status200OK) => result switch
    {
        Requested(var pem) => Results.Text(pem, "text/plain"),
        Done(var certificate) => Results.Json(CertificateResource.Of(certificate), CertificatesJson.Readable.CertificateResource, statusCode: status),
        Deleted => Results.NoContent(),
        _ => new ErrorResult(ErrorOf(result)),
    };

    public static ErrorResult NotFound(long id) => new(ErrorOf(new NotFound(id)));

    private static ApiError ErrorOf(CertificateResult result) => result switch
    {
        NotFound(var id) => new ApiError(StatusCodes.Status404NotFound, "not_found", $"There is no certificate with id {id}."),
        Invalid(var errors) => new ApiError(
            StatusCodes.Status400BadRequest, "invalid_certificate",
            string.Create(CultureInfo.InvariantCulture, $"The request has {errors.Count} error{(errors.Count == 1 ? "" : "s")}; see details."), errors),
        InUse(var id, var users) => new ApiError(
            StatusCodes.Status409Conflict, "in_use",
            $"Certificate {id} is used by {string.Join(", ", users.Select(static u => $"integration {u.Id} '{u.Name}'"))}; give them another certificate, or delete them, first."),
        Full(var limit) => new ApiError(
            StatusCodes.Status409Conflict, "too_many_certificates", $"There are {limit} certificates, and no more are kept; delete one that is not in use."),
        Unanswered => new ApiError(
            StatusCodes.Status500InternalServerError, "unanswered", "There was no answer in time, so it is unknown whether it was done; look before trying again."),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.GetType(), "has no answer"),
    };
}
