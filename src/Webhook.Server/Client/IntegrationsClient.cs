using System.Text.Json.Nodes;
using Webhook.Server.Client.Output;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook integrations</c> does.</summary>
internal sealed class IntegrationsClient(ClientSession session)
{
    private readonly IntegrationCalls _calls = new(session.Api);
    private readonly ClientOutput _output = session.Output;

    public async Task<int> ListAsync(CancellationToken cancellation)
    {
        var (answer, all) = await _calls.ListAsync(cancellation);
        var overview = _output.IsJson || all.Count == 0 ? null : await OverviewCall.GetAsync(session.Api, cancellation);
        _output.Show(answer, () =>
        {
            if (overview is null) _output.Line("There is no integration; make one with: webhook integrations create --help");
            else _output.Write(IntegrationViews.List(all, overview));
        });
        return ExitCode.Done;
    }

    public async Task<int> ShowAsync(string idOrName, CancellationToken cancellation)
    {
        var id = (await _calls.FindAsync(idOrName, cancellation)).Id;
        var integration = await session.Api.GetAsync(IntegrationCalls.PathOf(id), cancellation);
        var status = await session.Api.GetAsync(IntegrationCalls.PathOf(id, "/status"), cancellation);
        var errors = await session.Api.GetAsync(IntegrationCalls.PathOf(id, "/errors"), cancellation);
        if (_output.IsJson)
        {
            _output.Show(new JsonObject { ["integration"] = JsonNode.Parse(integration.Body), ["status"] = JsonNode.Parse(status.Body), ["errors"] = JsonNode.Parse(errors.Body)!["data"]!.DeepClone() }, "");
            return ExitCode.Done;
        }

        var seen = errors.Read(IntegrationsJson.Readable.ErrorsResource);
        _output.Write(IntegrationViews.Show(integration.Read(IntegrationsJson.Readable.IntegrationResource), status.Read(IntegrationsJson.Readable.StatusResource)));
        if (seen.Count == 0) return ExitCode.Done;
        _output.Line("");
        _output.Line($"{seen.Count} errors in the last 24 hours, the newest first:");
        _output.Write(IntegrationViews.Errors(seen));
        return ExitCode.Done;
    }

    public async Task<int> CreateAsync(JsonObject body, CancellationToken cancellation)
    {
        var answer = await session.Api.SendAsync(HttpMethod.Post, IntegrationCalls.Path, body, cancellation);
        return Told(answer, static i => i.IsEnabled ? "created, tested and enabled" : "created; it delivers once it is enabled: webhook integrations enable");
    }

    /// <param name="change">From the present settings, as the API shows them, to the new ones.</param>
    public async Task<int> UpdateAsync(string idOrName, Func<JsonObject, JsonObject> change, CancellationToken cancellation)
    {
        var path = IntegrationCalls.PathOf((await _calls.FindAsync(idOrName, cancellation)).Id);
        var current = JsonNode.Parse((await session.Api.GetAsync(path, cancellation)).Body)!.AsObject();
        return Told(await session.Api.SendAsync(HttpMethod.Put, path, change(current), cancellation), static _ => "updated");
    }

    public async Task<int> DeleteAsync(string idOrName, bool isConfirmed, CancellationToken cancellation)
    {
        var found = await _calls.FindAsync(idOrName, cancellation);
        Confirmation.Require(isConfirmed, $"Delete integration {found.Id} '{Shown.Clean(found.Name)}' with its dead letters and its place in the log?", session.Error);
        await session.Api.SendAsync(HttpMethod.Delete, IntegrationCalls.PathOf(found.Id), (HttpContent?)null, cancellation);
        _output.Show(new JsonObject { ["deleted"] = new JsonObject { ["id"] = found.Id, ["name"] = found.Name } }, $"integration {found.Id} '{found.Name}' deleted");
        return ExitCode.Done;
    }

    public async Task<int> TestAsync(string idOrName, CancellationToken cancellation)
    {
        var found = await _calls.FindAsync(idOrName, cancellation);
        var answer = await session.Api.SendAsync(HttpMethod.Post, IntegrationCalls.PathOf(found.Id, "/test"), (HttpContent?)null, cancellation);
        var test = answer.Read(IntegrationsJson.Readable.TestResource);
        _output.Show(answer, () =>
        {
            _output.Write(IntegrationViews.Stages(test));
            _output.Line("");
            _output.Line(test.Succeeded ? $"The test succeeded: the receiver answered {test.StatusCode}." : $"The test failed: {test.Error}");
        });
        return test.Succeeded ? ExitCode.Done : ExitCode.Failed;
    }

    public async Task<int> SwitchAsync(string idOrName, bool isOn, CancellationToken cancellation)
    {
        var found = await _calls.FindAsync(idOrName, cancellation);
        var path = IntegrationCalls.PathOf(found.Id, isOn ? "/enable" : "/disable");
        ApiAnswer answer;
        try
        {
            answer = await session.Api.SendAsync(HttpMethod.Post, path, (HttpContent?)null, cancellation);
        }
        catch (ClientFailure failure) when (failure.Type == "not_tested")
        {
            await RequireTestAsync(found, cancellation);
            answer = await session.Api.SendAsync(HttpMethod.Post, path, (HttpContent?)null, cancellation);
        }

        return Told(answer, _ => isOn ? "enabled" : "disabled; its events wait until it is enabled again, as long as the log keeps them");
    }

    /// <param name="secret">null: the server makes one, and shows it this once.</param>
    public async Task<int> RotateAsync(string idOrName, string? secret, long? overlapMs, CancellationToken cancellation)
    {
        var found = await _calls.FindAsync(idOrName, cancellation);
        var body = secret is null ? new JsonObject { ["generate"] = true } : new JsonObject { ["secret"] = secret };
        if (overlapMs is { } overlap) body["overlapMs"] = overlap;
        var answer = await session.Api.SendAsync(HttpMethod.Post, IntegrationCalls.PathOf(found.Id, "/secrets/rotate"), body, cancellation);
        var rotation = answer.Read(IntegrationsJson.Readable.RotationResource);
        _output.Show(answer, () =>
        {
            var table = IntegrationViews.Pairs();
            foreach (var active in rotation.Secrets) table.Row("secret", active.ExpiresAt is { } end ? $"old, signs until {Shown.Time(end)}" : "current");
            if (rotation.Secret is { } made) table.Row("new secret", $"{made}   (shown this once)");
            _output.Write(table);
        });
        return ExitCode.Done;
    }

    public async Task<int> DeliveriesAsync(string idOrName, string query, CancellationToken cancellation)
    {
        var found = await _calls.FindAsync(idOrName, cancellation);
        var answer = await session.Api.GetAsync(IntegrationCalls.PathOf(found.Id, "/deliveries") + query, cancellation);
        var deliveries = answer.Read(DeliveriesJson.Readable.DeliveriesResource);
        _output.Show(answer, () =>
        {
            if (deliveries.Count == 0) _output.Line("There is no attempt to show.");
            else _output.Write(IntegrationViews.Deliveries(deliveries));
        });
        return ExitCode.Done;
    }

    private async Task RequireTestAsync(IntegrationResource integration, CancellationToken cancellation)
    {
        var answer = await session.Api.SendAsync(HttpMethod.Post, IntegrationCalls.PathOf(integration.Id, "/test"), (HttpContent?)null, cancellation);
        var test = answer.Read(IntegrationsJson.Readable.TestResource);
        if (test.Succeeded) return;
        throw new ClientFailure(
            ExitCode.Failed, $"the test of integration {integration.Id} '{integration.Name}' failed, so it is not enabled: {test.Error}",
            [.. test.Stages.Select(static s => $"{s.Name} {(s.Succeeded ? "succeeded" : "failed")} after {Shown.Milliseconds(s.Milliseconds)}{(s.Detail is { } detail ? ": " + detail : "")}")]);
    }

    private int Told(ApiAnswer answer, Func<IntegrationResource, string> what)
    {
        var integration = answer.Read(IntegrationsJson.Readable.IntegrationResource);
        _output.Show(answer, () => _output.Line($"integration {integration.Id} '{integration.Name}' {what(integration)}"));
        return ExitCode.Done;
    }
}
