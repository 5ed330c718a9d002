using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>
/// The judge of every fault: issues events with unique ids, turns each acknowledgement into an obligation, and at the end compares with what the receiver kept.
/// An event that was sent but not acknowledged may arrive or not; anything else that arrives is an error.
/// </summary>
internal sealed class Oracle
{
    // By number: how much was added to the event to make it large. Its text follows from both.
    private readonly ConcurrentDictionary<long, int> _issued = new();
    private readonly ConcurrentDictionary<string, byte> _acknowledged = new();
    private long _next;

    public int Acknowledged => _acknowledged.Count;

    public IEnumerable<string> Obligations => _acknowledged.Keys;

    /// <summary>A JSON array of new events, some of them awkward: long numbers, escapes, odd white space, repeated keys.</summary>
    /// <param name="padding">Bytes added to each event.</param>
    public (byte[] Body, IReadOnlyList<string> Ids) NextBody(int events, int padding = 0)
    {
        var ids = new List<string>(events);
        var body = new StringBuilder("[");
        for (var i = 0; i < events; i++)
        {
            var number = Interlocked.Increment(ref _next);
            _issued[number] = padding;
            ids.Add(Id(number));
            body.Append(i == 0 ? "" : ",\n ").Append(Compose(number, padding));
        }

        return (Encoding.UTF8.GetBytes(body.Append(']').ToString()), ids);
    }

    public void Acknowledge(IEnumerable<string> ids)
    {
        foreach (var id in ids) _acknowledged[id] = 0;
    }

    /// <summary>The event as it was sent; null if nobody sent it.</summary>
    public string? Issued(string id) =>
        id.StartsWith('e') && long.TryParse(id.AsSpan(1), CultureInfo.InvariantCulture, out var number) && _issued.TryGetValue(number, out var padding)
            ? Compose(number, padding)
            : null;

    /// <summary>Every obligation met, byte for byte, nothing unknown. Returns how many events came more than once.</summary>
    /// <param name="lost">How many events the product itself reported as lost: at most so many may be missing.</param>
    public int Judge(IEnumerable<ReceivedRequest> requests, long lost = 0)
    {
        var arrivals = new Arrivals(this);
        foreach (var request in requests) arrivals.Take(request);
        return arrivals.Judge(lost);
    }

    public bool AllArrived(IReadOnlyCollection<ReceivedRequest> requests)
    {
        // Reading them is dear, counting is not.
        var deliveries = requests.Where(IsDelivery).ToList();
        return deliveries.Sum(static request => int.Parse(request.Headers["X-Webhook-Events"], CultureInfo.InvariantCulture)) >= Acknowledged
            && deliveries.SelectMany(IdsOf).ToHashSet().IsSupersetOf(_acknowledged.Keys);
    }

    /// <summary>false for the sample batch of Test Integration.</summary>
    public static bool IsDelivery(ReceivedRequest request) => !request.Headers["webhook-id"].Contains("-test-", StringComparison.Ordinal);

    public static IEnumerable<string> IdsOf(ReceivedRequest request) => DeliveredEvents.Of(request).Select(static e => e.Id);

    private static string Id(long number) => "e" + number.ToString(CultureInfo.InvariantCulture);

    // The timestamp is in nanoseconds already, so that the event must arrive exactly as it was sent.
    private static string Compose(long number, int padding)
    {
        var id = Id(number);
        var more = padding > 0 ? $"\"padding\":\"{new string((char)('a' + (number % 26)), padding)}\"," : "";
        return (number % 4) switch
        {
            0 => $$$"""{{{{more}}}"id":"{{{id}}}","timestamp":1700000000{{{number:D9}}},"name":"caf\u00e9 \/ \ud83d\ude00","n":12345678901234567890.00}""",
            1 => $$$"""{ {{{more}}} "timestamp" : 1700000000{{{number:D9}}} , "id" : "{{{id}}}" , "a":[1,[2,[3,{"timestamp":5} ]]] }""",
            2 => $$$"""{{{{more}}}"id":"{{{id}}}","timestamp":1700000000{{{number:D9}}},"k":1,"k":2,"output":"{{{new string('x', (int)(number % 700))}}}"}""",
            _ => $$$"""{{{{more}}}"type":"policy","id":"{{{id}}}","timestamp":1700000000{{{number:D9}}},"content":{"fields":{"proc.cmdline":"sh -c 'é漢字'"} } }""",
        };
    }
}
