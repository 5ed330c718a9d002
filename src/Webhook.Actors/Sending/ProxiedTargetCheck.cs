namespace Webhook.Actors.Sending;

/// <summary>
/// Checks the receiver's addresses before a proxy is asked for it, on every request: a connection to the proxy stands for no address. The proxy resolves the name
/// again, and what it then connects to is out of our sight.
/// </summary>
internal sealed class ProxiedTargetCheck(EndpointConnector connector, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await connector.ResolveAllowedAsync(request.RequestUri!.IdnHost, StageTrace.Of(request), cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
