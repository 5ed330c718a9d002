using System.Buffers;
using System.Globalization;
using System.Text;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>The one-event batch a test sends: a policy event that nobody can take for a real one.</summary>
internal static class SampleBatch
{
    public static Batch Create(LaneId lane, IntegrationSettings settings, DateTimeOffset now)
    {
        var nanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * 100;
        var json = Json(nanoseconds, Timestamp(nanoseconds, settings.TimestampResolution));
        var text = settings.Output == PayloadFormat.Ndjson ? json + "\n" : "[" + json + "]";
        var body = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var index = ArrayPool<BatchEvent>.Shared.Rent(1);
        index[0] = new BatchEvent(0, settings.Output == PayloadFormat.Json ? 1 : 0);
        return new Batch(body, Encoding.UTF8.GetBytes(text, body), index, events: 1)
        {
            Lane = lane,
            Output = settings.Output,
            Kind = BatchKind.Test,
            IdSuffix = FormattableString.Invariant($"-test-{nanoseconds}"),
            FirstSequence = 0,
            LastSequence = 0,
            Covers = default,
            Channels = settings.Channels,
            StoredAtNanoseconds = nanoseconds,
        };
    }

    private static string Json(long nanoseconds, long timestamp) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"id":"test-{{{nanoseconds}}}","type":"policy","timestamp":{{{timestamp}}},"timestampRFC3339Nano":"{{{Rfc3339(nanoseconds)}}}","originator":"policy","category":"runtime","source":"test","name":"Test Integration","description":"This event was made by Test Integration. Nothing happened.","severity":7,"agentId":0,"content":{"ruleName":"Test Integration","ruleType":"RULE_TYPE_TEST","ruleTags":["test"],"output":"This event was made by Test Integration. Nothing happened.","fields":{}},"labels":{"webhook.test":"true"}}
        """);

    private static long Timestamp(long nanoseconds, TimestampResolution resolution) => resolution switch
    {
        TimestampResolution.Seconds => nanoseconds / 1_000_000_000,
        TimestampResolution.Milliseconds => nanoseconds / 1_000_000,
        TimestampResolution.Microseconds => nanoseconds / 1_000,
        _ => nanoseconds,
    };

    private static string Rfc3339(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
}
