using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;
using Webhook.Server.Producing;

namespace Webhook.Benchmarks.Samples;

/// <summary>What sending needs, allowed to reach the receiver on loopback.</summary>
internal static class SampleServices
{
    public static SendingServices Create(WebhookMetrics metrics)
    {
        var egress = new EgressOptions();
        egress.AllowedAddresses.Add("127.0.0.0/8");
        return new SendingServices(
            PlainSecrets.Instance, PlainSecrets.Instance, SendingLimits.Default, TimeProvider.System, metrics, EgressRules.Of(egress), new SystemResolver(), StandardOutput.None);
    }
}
