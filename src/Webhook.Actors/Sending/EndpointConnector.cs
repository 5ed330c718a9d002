using System.Net;
using System.Net.Sockets;

namespace Webhook.Actors.Sending;

/// <summary>
/// Opens connections: (1) resolve, (2) drop the addresses that deliveries may not reach, (3) connect to one of the rest. There is no second resolving between check and
/// connection, so a name that answers differently the next time changes nothing.
/// </summary>
/// <remarks>A trace is that of the request that needs the connection.</remarks>
internal sealed class EndpointConnector(EgressRules egress, IHostResolver resolver)
{
    private const int MaxAddressesTold = 4;

    /// <summary>(1) and (2).</summary>
    /// <exception cref="AddressForbiddenException">There are addresses, and none is allowed.</exception>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    public async Task<IPAddress[]> ResolveAllowedAsync(string host, StageTrace? trace, CancellationToken cancellation)
    {
        trace?.Start("resolve");
        var addresses = await ResolveAsync(host, cancellation).ConfigureAwait(false);
        trace?.Detail(Listed([.. addresses.Select(static a => a.ToString())]));

        trace?.Start("address");
        var (allowed, reasons) = (new List<IPAddress>(), new List<string>());
        foreach (var address in addresses)
        {
            if (egress.Guard.WhyForbidden(address) is { } reason) reasons.Add(reason);
            else allowed.Add(address);
        }

        if (allowed.Count == 0)
            throw new AddressForbiddenException($"{Listed(reasons)}, which deliveries may not reach; allow it with {EgressOptions.SectionName}:{nameof(EgressOptions.AllowedAddresses)}");
        trace?.Detail(Listed([.. allowed.Select(static a => a.ToString())]) + (reasons.Count == 0 ? "" : "; left out: " + Listed(reasons)));
        return [.. allowed];
    }

    /// <summary>(1) to (3): to the receiver itself.</summary>
    public async Task<Stream> ConnectAsync(DnsEndPoint endpoint, StageTrace? trace, CancellationToken cancellation)
    {
        var addresses = await ResolveAllowedAsync(endpoint.Host, trace, cancellation).ConfigureAwait(false);
        trace?.Start("connect");
        return await ConnectAsync(addresses, endpoint, trace, cancellation).ConfigureAwait(false);
    }

    /// <summary>To the proxy, which the operator chose: its address is not checked, and may well be a private one.</summary>
    public async Task<Stream> ConnectToProxyAsync(DnsEndPoint proxy, StageTrace? trace, CancellationToken cancellation)
    {
        trace?.Start("connect");
        var addresses = await ResolveAsync(proxy.Host, cancellation).ConfigureAwait(false);
        return await ConnectAsync(addresses, proxy, trace, cancellation).ConfigureAwait(false);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        // Resolvers refuse 0.0.0.0 and ::, which would hide why they are not allowed.
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        // The system's resolver cannot be interrupted, only left behind.
        var addresses = await resolver.ResolveAsync(host, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<Stream> ConnectAsync(IPAddress[] addresses, DnsEndPoint endpoint, StageTrace? trace, CancellationToken cancellation)
    {
        var socket = NewSocket(ref addresses, endpoint.Host);
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, cancellation).ConfigureAwait(false);
            trace?.Detail(socket.RemoteEndPoint!.ToString()!);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket NewSocket(ref IPAddress[] addresses, string host)
    {
        if (egress.LocalAddress is not { } local) return new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        addresses = Array.FindAll(addresses, address => address.AddressFamily == local.AddressFamily);
        if (addresses.Length == 0)
            throw new IOException($"{host} has no address that can be reached from {local} ({EgressOptions.SectionName}:{nameof(EgressOptions.LocalAddress)}); the two differ in IPv4 and IPv6");
        var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(local, 0));
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"connections cannot leave from {local} ({EgressOptions.SectionName}:{nameof(EgressOptions.LocalAddress)}): {e.Message}", e);
        }
    }

    private static string Listed(List<string> texts) => texts.Count <= MaxAddressesTold
        ? string.Join(", ", texts)
        : $"{string.Join(", ", texts.Take(MaxAddressesTold))} and {texts.Count - MaxAddressesTold} more";
}
