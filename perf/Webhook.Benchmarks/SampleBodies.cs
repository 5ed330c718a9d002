using System.Globalization;
using System.Text;
using Webhook.Actors.Events;

namespace Webhook.Benchmarks;

/// <summary>Bodies of policy events of the usual size.</summary>
internal static class SampleBodies
{
    public const string Channel = "SECURE_EVENTS_POLICIES";
    private const int EventBytes = 652;

    public static byte[] Array(int events)
    {
        var body = new StringBuilder("[");
        for (var i = 0; i < events; i++)
        {
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"id\":\"{i:D15}\",\"type\":\"policy\",\"timestamp\":{1_764_000_000_000_000_000 + i},\"severity\":4,\"name\":\"Terminal shell in container\",\"content\":{{\"output\":\"");
            body.Append(i == 0 ? "" : ",").Append(head).Append('x', EventBytes - head.Length - 3).Append("\"}}");
        }

        return Encoding.ASCII.GetBytes(body.Append(']').ToString());
    }

    /// <summary>As ingest hands them to the log; the caller disposes them.</summary>
    public static IncomingEvents Parse(byte[] body)
    {
        var rented = EventMemory.Rent(body.Length);
        body.CopyTo(rented, 0);
        var parsed = (ParseResult.Parsed)EventParser.Parse(Channel, rented, body.Length, BodyFraming.ByContent, new IngestOptions(), new EventTimestamp(1_764_000_000, 0));
        return parsed.Events;
    }
}
