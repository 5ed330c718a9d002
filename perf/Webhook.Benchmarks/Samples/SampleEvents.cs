using System.Buffers;
using System.Globalization;
using System.Text;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Benchmarks.Samples;

/// <summary>Policy events of the usual size, as each part of the way gets them.</summary>
internal static class SampleEvents
{
    /// <summary>What one invocation of a benchmark works on, in pieces of whatever size it is about: so that every result is for one event.</summary>
    public const int PerInvocation = 1000;

    public const string Channel = ChannelList.SecureEventsPolicies;

    public static readonly LaneId Lane = new(new IntegrationId(1), 0);

    private const int EventBytes = 652;
    private static readonly IngestOptions Limits = new();

    /// <summary>A JSON array, as it is posted.</summary>
    public static byte[] Body(int events)
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
        var parsed = (ParseResult.Parsed)EventParser.Parse(Channel, rented, body.Length, BodyFraming.ByContent, Limits, new EventTimestamp(1_764_000_000, 0));
        return parsed.Events;
    }

    /// <summary>The same once more, without parsing.</summary>
    public static IncomingEvents Copy(IncomingEvents parsed)
    {
        var body = EventMemory.Rent(parsed.Body.Length);
        parsed.Body.CopyTo(body);
        var events = ArrayPool<IncomingEvent>.Shared.Rent(parsed.Count);
        parsed.Events.CopyTo(events);
        return new IncomingEvents(parsed.Channel, body, events, parsed.Count);
    }

    /// <summary>The first block of a log.</summary>
    public static EventBlock Block(int events)
    {
        using var parsed = Parse(Body(events));
        return EventBlock.Build(1, 0, 0, 0, [parsed]);
    }

    public static Batch Batch(int events)
    {
        var block = Block(events);
        var builder = new BatchBuilder(Lane, Settings(new Uri("http://127.0.0.1:9/hook"), events), Cursor.At(block.FirstSequence));
        builder.Add(new EventRun(block, 0, events));
        block.Release();
        return builder.Close();
    }

    public static IntegrationSettings Settings(Uri endpoint, int maxBatchEvents = PerInvocation) => new()
    {
        Endpoint = endpoint,
        Channels = [Channel],
        Authentication = Authentication.Signature,
        Secrets = [new StoredSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        Delivery = new DeliverySettings { MaxBatchEvents = maxBatchEvents },
    };
}
