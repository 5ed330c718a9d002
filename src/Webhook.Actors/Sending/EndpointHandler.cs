using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>The connections of one lane to its endpoint: HTTP/1.1 keep-alive, shared with nobody, so that a receiver's trouble stays its own.</summary>
internal static class EndpointHandler
{
    // DNS changes are followed within this time.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <param name="trace">Of a test; null in delivery. Everything else is the same in both.</param>
    public static SocketsHttpHandler Create(IntegrationSettings settings, SendWindow window, StageTrace? trace)
    {
        var isTls = settings.Endpoint.Scheme == Uri.UriSchemeHttps;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            PooledConnectionLifetime = ConnectionLifetime,
            MaxConnectionsPerServer = window.Size,
            // AnswerExcerpt drains what is worth draining; the rest closes the connection.
            MaxResponseDrainSize = 0,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, isTls, trace, cancellation),
            PlaintextStreamFilter = (context, _) =>
            {
                trace?.Start("request");
                return ValueTask.FromResult(context.PlaintextStream);
            },
        };
        if (settings.IsInsecure) handler.SslOptions.RemoteCertificateValidationCallback = AcceptAny;
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, bool isTls, StageTrace? trace, CancellationToken cancellation)
    {
        trace?.Start("resolve");
        var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancellation).ConfigureAwait(false);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        trace?.Detail(string.Join(", ", addresses.AsEnumerable()));

        // The address guard belongs here: after resolving, on the very addresses that are connected to.
        trace?.Start("address");

        trace?.Start("connect");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, cancellation).ConfigureAwait(false);
            trace?.Detail(socket.RemoteEndPoint!.ToString()!);
            if (isTls) trace?.Start("tls");
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The integration says isInsecure: its owner chose not to verify the receiver.
    private static bool AcceptAny(object sender, object? certificate, object? chain, SslPolicyErrors errors) => true;
}
