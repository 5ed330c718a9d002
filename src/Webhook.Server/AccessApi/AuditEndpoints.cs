using System.Globalization;
using Webhook.Server.Audit;

namespace Webhook.Server.AccessApi;

/// <summary><c>GET /v1/audit</c>: who changed what, the newest first.</summary>
internal sealed class AuditEndpoints(AuditLog audit)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public IResult Read(HttpRequest http)
    {
        var errors = new List<string>();
        foreach (var name in http.Query.Keys)
        {
            if (name is not ("limit" or "before" or "action" or "who")) errors.Add($"{name}: unknown parameter; known are limit, before, action, who");
        }

        var limit = Number(http, "limit", MaxLimit, errors) ?? DefaultLimit;
        var query = new AuditQuery((int)limit, Number(http, "before", long.MaxValue, errors), Word(http, "action", errors), Word(http, "who", errors));
        return errors.Count > 0
            ? new ErrorResult(new ApiError(StatusCodes.Status400BadRequest, "invalid_query", "The audit log cannot be asked like this; see details.", errors))
            : Results.Json(audit.Read(query), AuditJson.Readable.AuditPage);
    }

    private static long? Number(HttpRequest http, string name, long max, List<string> errors)
    {
        if (!http.Query.TryGetValue(name, out var values)) return null;
        if (values.Count == 1 && long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max) return number;
        errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: must be given once, a whole number from 1 to {max}"));
        return null;
    }

    private static string? Word(HttpRequest http, string name, List<string> errors)
    {
        if (!http.Query.TryGetValue(name, out var values)) return null;
        if (values is [{ Length: > 0 } word]) return word;
        errors.Add($"{name}: must be given once, and not be empty");
        return null;
    }
}
