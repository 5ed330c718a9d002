using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>
/// The judge of every fault: issues events with unique ids, turns each acknowledgement into an obligation, and at the end compares with what the receiver kept.
/// An event that was sent but not acknowledged may arrive or not; anything else that arrives is an error.
/// </summary>
internal sealed class Oracle
{
    private readonly ConcurrentDictionary<string, string> _issued = new();
    private readonly ConcurrentDictionary<string, byte> _acknowledged = new();
    private long _next;

    public int Acknowledged => _acknowledged.Count;

    /// <summary>A JSON array of new events, some of them awkward: long numbers, escapes, odd white space, repeated keys.</summary>
    public (byte[] Body, IReadOnlyList<string> Ids) NextBody(int events)
    {
        var ids = new List<string>(events);
        var body = new StringBuilder("[");
        for (var i = 0; i < events; i++)
        {
            var number = Interlocked.Increment(ref _next);
            var id = "e" + number.ToString(CultureInfo.InvariantCulture);
            var text = Compose(id, number);
            _issued[id] = text;
            ids.Add(id);
            body.Append(i == 0 ? "" : ",\n ").Append(text);
        }

        return (Encoding.UTF8.GetBytes(body.Append(']').ToString()), ids);
    }

    public void Acknowledge(IEnumerable<string> ids)
    {
        foreach (var id in ids) _acknowledged[id] = 0;
    }

    /// <summary>Every obligation met, byte for byte, nothing unknown. Returns how many events came more than once.</summary>
    public int Judge(IEnumerable<ReceivedRequest> requests)
    {
        var seen = new Dictionary<string, int>();
        foreach (var request in requests.Where(IsDelivery))
        {
            foreach (var (id, text) in EventsOf(request))
            {
                _issued.TryGetValue(id, out var issued).ShouldBeTrue($"the receiver got an event that nobody sent: {text}");
                text.ShouldBe(issued, "an event arrived changed");
                seen[id] = seen.GetValueOrDefault(id) + 1;
            }
        }

        var missing = _acknowledged.Keys.Where(id => !seen.ContainsKey(id)).ToList();
        missing.ShouldBeEmpty($"{missing.Count} of {_acknowledged.Count} acknowledged events never arrived, for example {string.Join(", ", missing.Take(5))}");
        return seen.Values.Sum(times => times - 1);
    }

    public bool AllArrived(IEnumerable<ReceivedRequest> requests)
    {
        var seen = requests.Where(IsDelivery).SelectMany(EventsOf).Select(e => e.Id).ToHashSet();
        return _acknowledged.Keys.All(seen.Contains);
    }

    /// <summary>false for the sample batch of Test Integration.</summary>
    public static bool IsDelivery(ReceivedRequest request) => !request.Headers["webhook-id"].Contains("-test-", StringComparison.Ordinal);

    public static IEnumerable<string> IdsOf(ReceivedRequest request) => EventsOf(request).Select(e => e.Id);

    private static IEnumerable<(string Id, string Text)> EventsOf(ReceivedRequest request)
    {
        using var document = JsonDocument.Parse(request.Body);
        foreach (var element in document.RootElement.EnumerateArray())
            yield return (element.GetProperty("id").GetString()!, element.GetRawText());
    }

    // The timestamp is in nanoseconds already, so that the event must arrive exactly as it was sent.
    private static string Compose(string id, long number) => (number % 4) switch
    {
        0 => $$$"""{"id":"{{{id}}}","timestamp":1700000000{{{number:D9}}},"name":"caf\u00e9 \/ \ud83d\ude00","n":12345678901234567890.00}""",
        1 => $$$"""{ "timestamp" : 1700000000{{{number:D9}}} , "id" : "{{{id}}}" , "a":[1,[2,[3,{"timestamp":5} ]]] }""",
        2 => $$$"""{"id":"{{{id}}}","timestamp":1700000000{{{number:D9}}},"k":1,"k":2,"output":"{{{new string('x', (int)(number % 700))}}}"}""",
        _ => $$$"""{"type":"policy","id":"{{{id}}}","timestamp":1700000000{{{number:D9}}},"content":{"fields":{"proc.cmdline":"sh -c 'é漢字'"} } }""",
    };
}
