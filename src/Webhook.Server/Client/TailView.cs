using System.Globalization;
using System.Text;
using Webhook.Server.Client.Output;
using Webhook.Server.LiveApi;

namespace Webhook.Server.Client;

/// <summary>A delivery as one line.</summary>
internal static class TailView
{
    private const int NameWidth = 16;
    private const int OutcomeWidth = 17;

    public static string Line(LiveDeliveryResource live)
    {
        var (d, name) = (live.Delivery, live.Integration.Name ?? live.Integration.Id.ToString(CultureInfo.InvariantCulture));
        var ended = d.StartedAt.AddMilliseconds(d.Phases.Total);
        var line = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{ended:yyyy-MM-dd HH:mm:ss.fff'Z'}  {name,-NameWidth}  {d.Outcome,-OutcomeWidth}  {Shown.Number(d.StatusCode),3}  ")
            .Append(CultureInfo.InvariantCulture, $"{d.Events,5} events  {Shown.Bytes(d.BodyBytes),7}  {Shown.Milliseconds(d.Phases.Total),8}  {d.Batch}");
        if (d.Kind != "delivery") line.Append(CultureInfo.InvariantCulture, $"  {d.Kind}");
        if (d.Attempt > 1) line.Append(CultureInfo.InvariantCulture, $"  attempt {d.Attempt}");
        if (d.Error is { } error) line.Append("  ").Append(error);
        return Shown.Clean(line.ToString());
    }
}
