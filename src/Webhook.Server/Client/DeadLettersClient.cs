using System.Text;
using System.Text.Json.Nodes;
using Webhook.Server.Client.Output;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.Client;

/// <summary>Which dead letters; the API's filter.</summary>
internal sealed record DeadLetterChoice(string? Channel, int? Status, string? From, string? Until, string? Text)
{
    public bool IsAny => this == new DeadLetterChoice(null, null, null, null, null);

    public (string Name, object? Value)[] ToQuery() => [("channel", Channel), ("status", Status), ("from", From), ("until", Until), ("text", Text)];
}

/// <summary>What <c>webhook dead-letters</c> does.</summary>
internal sealed class DeadLettersClient(ClientSession session)
{
    private readonly IntegrationCalls _calls = new(session.Api);
    private readonly ClientOutput _output = session.Output;

    public async Task<int> ListAsync(string idOrName, DeadLetterChoice choice, string? after, int? limit, CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync(await PathAsync(idOrName, cancellation) + QueryText.Of([.. choice.ToQuery(), ("after", after), ("limit", limit)]), cancellation);
        var letters = answer.Read(DeadLettersJson.Readable.DeadLettersResource);
        _output.Show(answer, () =>
        {
            if (letters.Count == 0)
            {
                _output.Line("There is no dead letter to show.");
                return;
            }

            var table = new TextTable().Column("ID").Column("CHANNEL").Column("STATUS", isNumber: true).Column("REFUSED").Column("REASON", isLong: true);
            foreach (var l in letters.Data) table.Row(l.Id, l.Channel, Shown.Number(l.StatusCode), Shown.Time(l.RefusedAt), l.Reason);
            _output.Write(table);
            if (letters.Next is not { } next) return;
            _output.Line("");
            _output.Line($"{letters.Data.Count} of {letters.Count}; the next ones: --after {next}");
        });
        return ExitCode.Done;
    }

    public async Task<int> ShowAsync(string idOrName, string id, CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync($"{await PathAsync(idOrName, cancellation)}/{Uri.EscapeDataString(id)}", cancellation);
        var letter = answer.Read(DeadLettersJson.Readable.DeadLetterResource);
        _output.Show(answer, () =>
        {
            var table = IntegrationViews.Pairs().Row("id", letter.Id).Row("channel", letter.Channel).Row("reason", letter.Reason);
            if (letter.StatusCode is { } status) table.Row("status", Shown.Number(status));
            if (letter.Answer is { } said) table.Row("answer", said);
            table.Row("accepted", Shown.Time(letter.AcceptedAt)).Row("refused", Shown.Time(letter.RefusedAt));
            _output.Write(table);
            _output.Line("");
            _output.Line(Encoding.UTF8.GetString(letter.Event.Utf8.Span));
        });
        return ExitCode.Done;
    }

    public async Task<int> RedeliverAsync(string idOrName, IReadOnlyList<string> ids, bool isAll, DeadLetterChoice choice, double? maxRequestsPerSecond, CancellationToken cancellation)
    {
        RequireOneWay(ids, isAll, choice);
        var body = new JsonObject();
        if (ids.Count > 0) body["ids"] = new JsonArray([.. ids.Select(static id => (JsonNode)id)]);
        if (isAll) body["all"] = true;
        foreach (var (name, value) in choice.ToQuery())
        {
            if (value is not null) body[name] = value is int number ? number : (string)value;
        }

        if (maxRequestsPerSecond is { } rate) body["maxRequestsPerSecond"] = rate;
        var found = await _calls.FindAsync(idOrName, cancellation);
        await session.Api.SendAsync(HttpMethod.Post, IntegrationCalls.PathOf(found.Id, "/dead-letters/redeliver"), body, cancellation);
        _output.Show(
            new JsonObject { ["redelivering"] = new JsonObject { ["id"] = found.Id, ["name"] = found.Name } },
            $"the redelivery to integration {found.Id} '{found.Name}' began; what is delivered leaves the list, what is refused again stays");
        return ExitCode.Done;
    }

    public async Task<int> PurgeAsync(string idOrName, IReadOnlyList<string> ids, bool isAll, DeadLetterChoice choice, bool isConfirmed, CancellationToken cancellation)
    {
        RequireOneWay(ids, isAll, choice);
        var found = await _calls.FindAsync(idOrName, cancellation);
        var path = IntegrationCalls.PathOf(found.Id, "/dead-letters");
        var which = ids.Count > 0 ? string.Join(", ", ids) : isAll ? "all" : "the chosen";
        Confirmation.Require(isConfirmed, $"Remove {Shown.Clean(which)} dead letters of integration {found.Id} '{Shown.Clean(found.Name)}' for good?", session.Error);
        long removed = 0;
        foreach (var id in ids)
        {
            await session.Api.SendAsync(HttpMethod.Delete, $"{path}/{Uri.EscapeDataString(id)}", (HttpContent?)null, cancellation);
            removed++;
        }

        if (ids.Count == 0)
        {
            var query = QueryText.Of([.. choice.ToQuery(), ("all", isAll ? "true" : null)]);
            removed = (await session.Api.SendAsync(HttpMethod.Delete, path + query, (HttpContent?)null, cancellation)).Read(DeadLettersJson.Readable.PurgedResource).Count;
        }

        _output.Show(new JsonObject { ["count"] = removed }, $"{removed} dead letter{(removed == 1 ? "" : "s")} of integration {found.Id} '{found.Name}' removed");
        return ExitCode.Done;
    }

    private static void RequireOneWay(IReadOnlyList<string> ids, bool isAll, DeadLetterChoice choice)
    {
        if ((ids.Count > 0 ? 1 : 0) + (isAll ? 1 : 0) + (choice.IsAny ? 0 : 1) != 1)
            throw ClientFailure.WrongUsage("say which dead letters, in one way: ids, or --all, or --channel, --status, --from, --until, --text");
    }

    private async Task<string> PathAsync(string idOrName, CancellationToken cancellation) =>
        IntegrationCalls.PathOf((await _calls.FindAsync(idOrName, cancellation)).Id, "/dead-letters");
}
