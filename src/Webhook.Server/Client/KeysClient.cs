using System.Text.Json.Nodes;
using Webhook.Server.AccessApi;
using Webhook.Server.Client.Output;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook keys</c> does.</summary>
internal sealed class KeysClient(ClientSession session)
{
    private const string Path = "/v1/keys";

    private readonly ClientOutput _output = session.Output;

    public async Task<int> ListAsync(CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync(Path, cancellation);
        var keys = answer.Read(KeyJson.Readable.KeyList).Data;
        _output.Show(answer, () =>
        {
            var table = new TextTable().Column("NAME").Column("ROLE").Column("CREATED").Column("LAST USED");
            foreach (var key in keys) table.Row(key.Name, key.Role, Shown.Time(key.CreatedAt), key.LastUsedAt is { } used ? Shown.Time(used) : "not since the start");
            _output.Write(table);
        });
        return ExitCode.Done;
    }

    public async Task<int> CreateAsync(string name, string role, CancellationToken cancellation)
    {
        var answer = await session.Api.SendAsync(HttpMethod.Post, Path, new JsonObject { ["name"] = name, ["role"] = role }, cancellation);
        var key = answer.Read(KeyJson.Readable.NewKeyResource);
        _output.Show(answer, () => _output.Write(IntegrationViews.Pairs().Row("name", key.Name).Row("role", key.Role).Row("token", $"{key.Token}   (shown this once)")));
        return ExitCode.Done;
    }

    public async Task<int> RevokeAsync(string name, bool isConfirmed, CancellationToken cancellation)
    {
        Confirmation.Require(isConfirmed, $"Revoke the key '{Shown.Clean(name)}'? Whoever uses it is refused from now on.", session.Error);
        await session.Api.SendAsync(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(name)}", (HttpContent?)null, cancellation);
        _output.Show(new JsonObject { ["revoked"] = name }, $"key '{name}' revoked");
        return ExitCode.Done;
    }
}
