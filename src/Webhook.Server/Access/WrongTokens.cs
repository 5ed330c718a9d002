using System.Net;
using Webhook.Server.Settings;

namespace Webhook.Server.Access;

/// <summary>Counts the wrong tokens of each client address, in windows of a minute from its first one. Only refusals ask here, so it can lock nobody out who has a token.</summary>
/// <remarks>
/// The rate limiters of the framework keep a partition for every address they ever see within a minute; here an attacker's many addresses cost a fixed amount of memory. Beyond it the
/// oldest window is forgotten. IPv6 counts by /64: that is what one client is given.
/// </remarks>
internal sealed class WrongTokens(ApiOptions options, TimeProvider time)
{
    /// <summary>Addresses counted at the same time.</summary>
    public const int MaxAddresses = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Counter> _counters = [];

    // Every address with a counter, once, the oldest window first.
    private readonly Queue<IPAddress> _order = new();

    /// <summary>One more from this address.</summary>
    /// <param name="address">null where there is none, as on a Unix socket.</param>
    /// <returns>null: refuse it as any other. Else for how long the address has had its share.</returns>
    public TimeSpan? Count(IPAddress? address)
    {
        var client = ClientOf(address);
        lock (_lock)
        {
            Forget();
            if (!_counters.TryGetValue(client, out var counter))
            {
                if (_order.Count == MaxAddresses) _counters.Remove(_order.Dequeue());
                _order.Enqueue(client);
                _counters[client] = counter = new Counter(time.GetTimestamp());
            }

            counter.Count++;
            return counter.Count > options.WrongTokensPerMinute ? Window - time.GetElapsedTime(counter.Since) : null;
        }
    }

    private void Forget()
    {
        while (_order.TryPeek(out var oldest) && time.GetElapsedTime(_counters[oldest].Since) >= Window) _counters.Remove(_order.Dequeue());
    }

    private static IPAddress ClientOf(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        var network = address.GetAddressBytes();
        network.AsSpan(8).Clear();
        return new IPAddress(network);
    }

    private sealed class Counter(long since)
    {
        public long Since => since;

        public int Count { get; set; }
    }
}
