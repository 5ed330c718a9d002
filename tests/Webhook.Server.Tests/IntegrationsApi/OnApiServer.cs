using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>What every test of an API has: an <see cref="ApiServer"/> and a folder of its own.</summary>
public abstract class OnApiServer : IAsyncLifetime, IDisposable
{
    private protected readonly TemporaryFolder _folder = new();
    private protected ApiServer _server = null!;

    public virtual async Task InitializeAsync() => _server = await ApiServer.StartAsync(_folder);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _folder.Dispose();
}
