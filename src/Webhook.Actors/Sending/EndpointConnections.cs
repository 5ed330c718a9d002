using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>
/// The connections of one revision of an integration's settings. When a certificate that they use was renewed, new ones take over: requests under way finish on
/// the old ones, which then close. Safe for several attempts at once.
/// </summary>
/// <param name="connections">At a time, at most.</param>
internal sealed class EndpointConnections(IntegrationSettings settings, SendingServices services, int connections) : IDisposable
{
    private readonly Lock _lock = new();
    private Generation? _current;
    private bool _isDisposed;

    /// <summary>For one attempt; to be given back.</summary>
    /// <exception cref="CredentialsException">A certificate cannot be used.</exception>
    public async ValueTask<Lease> RentAsync(CancellationToken cancellation)
    {
        var client = await FindAsync(settings.CertificateId, cancellation).ConfigureAwait(false);
        var authority = await FindAsync(settings.CaCertificateId, cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_current?.Tls.IsUpToDate(client, authority) == true) return _current.Rent();
            var tls = new EndpointTls(client, authority, services.Secrets);
            _current?.GiveBack();
            _current = new Generation(tls, EndpointHandler.Create(settings, services, connections, tls));
            return _current.Rent();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _current?.GiveBack();
        }
    }

    private async ValueTask<CertificateMaterial?> FindAsync(long? id, CancellationToken cancellation) =>
        id is { } certificate ? await services.Certificates.GetAsync(certificate, cancellation).ConfigureAwait(false) : null;

    /// <summary>An attempt's right to the connections.</summary>
    internal readonly struct Lease(Generation generation) : IDisposable
    {
        public HttpMessageInvoker Invoker => generation.Invoker;

        public void Dispose() => generation.GiveBack();
    }

    /// <summary>Connections with the same certificates; closed when nobody holds them any more: neither an attempt nor, as its current ones, the owner.</summary>
    internal sealed class Generation(EndpointTls tls, HttpMessageHandler handler)
    {
        private int _holders = 1;

        public EndpointTls Tls => tls;

        public HttpMessageInvoker Invoker { get; } = new(handler);

        public Lease Rent()
        {
            Interlocked.Increment(ref _holders);
            return new Lease(this);
        }

        public void GiveBack()
        {
            if (Interlocked.Decrement(ref _holders) > 0) return;
            Invoker.Dispose();
            tls.Dispose();
        }
    }
}
