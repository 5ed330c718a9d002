using System.Globalization;
using Webhook.Server.Audit;
using Webhook.Server.Client.Output;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook audit</c> does.</summary>
internal sealed class AuditClient(ClientSession session)
{
    // The rest is in --json.
    private const int MostFields = 3;

    public async Task<int> ReadAsync(int? limit, long? before, string? action, string? who, CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync("/v1/audit" + QueryText.Of(("limit", limit), ("before", before), ("action", action), ("who", who)), cancellation);
        var page = answer.Read(AuditJson.Readable.AuditPage);
        var output = session.Output;
        output.Show(answer, () =>
        {
            if (page.Data.Count == 0)
            {
                output.Line("There is no change to show.");
                return;
            }

            var table = new TextTable().Column("ID", isNumber: true).Column("TIME").Column("WHO", isLong: true).Column("FROM", isExtra: true).Column("ACTION").Column("OBJECT", isLong: true).Column("OUTCOME", isLong: true)
                .Column("CHANGED", isLong: true, isExtra: true);
            foreach (var r in page.Data) table.Row(Shown.Number(r.Id), Shown.Time(r.Time), r.Who.Key, r.Who.Address, r.Action, Object(r.Object), Outcome(r.Outcome), Changed(r.Changes));
            output.Write(table);
            if (page.Unreadable is { } lines) output.Line($"{lines} damaged lines were passed over");
            if (page.Next is { } next) output.Line(string.Create(CultureInfo.InvariantCulture, $"older ones: --before {next}"));
        });
        return ExitCode.Done;
    }

    private static string Object(AuditObject subject) => string.Join(' ', new[] { subject.Id, subject.Name is { } name ? $"'{name}'" : null }.OfType<string>());

    private static string Outcome(AuditOutcome? outcome) =>
        outcome is null ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{outcome.Status}{(outcome.Type is { } type ? " " + type : "")}");

    private static string Changed(IReadOnlyList<AuditChange>? changes)
    {
        if (changes is null) return "";
        var fields = string.Join(", ", changes.Take(MostFields).Select(static c => c.Field));
        return changes.Count <= MostFields ? fields : $"{fields} and {changes.Count - MostFields} more";
    }
}
