using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>The connections of one lane to its endpoint: HTTP/1.1 keep-alive, shared with nobody, so that a receiver's trouble stays its own.</summary>
internal static class EndpointHandler
{
    // DNS changes are followed within this time.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // Of all headers of an answer together, the interim (1xx) ones before it included; what is longer breaks the connection.
    private const int MaxResponseHeadersKiB = 32;

    /// <param name="connections">At a time, at most.</param>
    public static HttpMessageHandler Create(IntegrationSettings settings, SendingServices services, int connections, EndpointTls tls)
    {
        var isTls = settings.Endpoint.Scheme == Uri.UriSchemeHttps;
        var connector = new EndpointConnector(services.Egress, services.Resolver);
        var proxy = services.Egress.Proxy is { } configured && configured.IsFor(settings.Endpoint) ? configured : null;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy?.ToWebProxy(),
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            PooledConnectionLifetime = ConnectionLifetime,
            MaxConnectionsPerServer = connections,
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
            // AnswerExcerpt drains what is worth draining; the rest closes the connection.
            MaxResponseDrainSize = 0,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
            ConnectCallback = async (context, cancellation) =>
            {
                var trace = StageTrace.Of(context.InitialRequestMessage);
                var connecting = proxy is null
                    ? connector.ConnectAsync(context.DnsEndPoint, trace, cancellation)
                    : connector.ConnectToProxyAsync(context.DnsEndPoint, trace, cancellation);
                var stream = await connecting.ConfigureAwait(false);
                // Through a proxy this stage is its tunnel as well.
                if (isTls) trace?.Start("tls");
                return stream;
            },
            PlaintextStreamFilter = (context, _) =>
            {
                if (context.InitialRequestMessage.Method != HttpMethod.Connect) StageTrace.Of(context.InitialRequestMessage)?.Connected();
                return ValueTask.FromResult(tls.Watch(context.PlaintextStream));
            },
        };
        tls.ApplyTo(handler.SslOptions);
        if (settings.IsInsecure) handler.SslOptions.RemoteCertificateValidationCallback = proxy is null ? AcceptAny : AcceptAnyBut(proxy);
        return proxy is null ? handler : new ProxiedTargetCheck(connector, handler);
    }

    // The integration says isInsecure: its owner chose not to verify the receiver.
    private static bool AcceptAny(object sender, object? certificate, object? chain, SslPolicyErrors errors) => true;

    // It does not speak for the proxy, which is the operator's.
    private static RemoteCertificateValidationCallback AcceptAnyBut(EgressProxy proxy) => (sender, _, _, errors) =>
        errors == SslPolicyErrors.None || !((SslStream)sender).TargetHostName.Equals(proxy.Address.IdnHost, StringComparison.OrdinalIgnoreCase);
}
