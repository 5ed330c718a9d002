using System.Globalization;
using System.Text.Json.Nodes;
using Webhook.Server.Client.Output;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook replay</c> does.</summary>
internal sealed class ReplayClient(ClientSession session)
{
    private readonly IntegrationCalls _calls = new(session.Api);
    private readonly ClientOutput _output = session.Output;

    /// <param name="from">A time, or a position as partition-sequence.</param>
    public async Task<int> StartAsync(string idOrName, string from, string? until, double? maxRequestsPerSecond, bool isPreview, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        var body = new JsonObject();
        if (ReadPosition(from) is { } position) body["position"] = position;
        else body["from"] = TimeText.Resolve(from, now);
        if (TimeText.Resolve(until, now) is { } end) body["until"] = end;
        if (maxRequestsPerSecond is { } rate) body["maxRequestsPerSecond"] = rate;
        if (isPreview) body["dryRun"] = true;

        var found = await _calls.FindAsync(idOrName, cancellation);
        var answer = await session.Api.SendAsync(HttpMethod.Post, IntegrationCalls.PathOf(found.Id, "/replay"), body, cancellation);
        var replay = answer.Read(ReplayJson.Readable.ReplayResource);
        _output.Show(answer, () =>
        {
            _output.Line(replay.Number is { } number
                ? $"replay {number} of integration {found.Id} '{found.Name}' began: {replay.Events} events"
                : $"{replay.Events} events would be sent to integration {found.Id} '{found.Name}' once more");
            _output.Line("");
            _output.Write(Stretches(replay));
        });
        return ExitCode.Done;
    }

    public async Task<int> StopAsync(string idOrName, CancellationToken cancellation)
    {
        var found = await _calls.FindAsync(idOrName, cancellation);
        await session.Api.SendAsync(HttpMethod.Delete, IntegrationCalls.PathOf(found.Id, "/replay"), (HttpContent?)null, cancellation);
        _output.Show(new JsonObject { ["stopped"] = new JsonObject { ["id"] = found.Id, ["name"] = found.Name } }, $"no replay of integration {found.Id} '{found.Name}' is under way any more");
        return ExitCode.Done;
    }

    private static TextTable Stretches(ReplayResource replay)
    {
        var table = new TextTable().Column("FROM").Column("BEFORE").Column("EVENTS", isNumber: true).Column("KEPT SINCE");
        foreach (var s in replay.Stretches) table.Row(IntegrationViews.Position(s.From), IntegrationViews.Position(s.To), Shown.Number(s.Events), Shown.Time(s.OldestKept));
        return table;
    }

    private static JsonObject? ReadPosition(string text) =>
        text.Split('-') is [var p, var s] && int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        && long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new JsonObject { ["partition"] = partition, ["sequence"] = sequence }
            : null;
}
