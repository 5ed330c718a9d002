using System.Diagnostics.Metrics;
using Webhook.Actors.Integrations;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Certificates;

/// <summary>A certificate as metrics and health see it.</summary>
internal sealed record ShownCertificate(long Id, string Name, CertificateUsage Usage, DateTimeOffset NotAfter, bool IsUsed);

/// <summary>When certificates end, for metrics and health: written by the singleton on its node, empty on the others, read by anyone.</summary>
internal sealed class ExpiryBoard
{
    private readonly TimeProvider _time;
    private volatile IReadOnlyList<ShownCertificate> _certificates = [];

    public ExpiryBoard(TimeProvider time, WebhookMetrics metrics)
    {
        _time = time;
        metrics.Observe("certificate_expiry_seconds", "s", "Time until a certificate expires; below zero: it has. By certificate and usage.", Measure);
    }

    public void Show(IReadOnlyList<ShownCertificate> certificates) => _certificates = certificates;

    /// <summary>Those in use that have expired or will within a day.</summary>
    public IReadOnlyList<ShownCertificate> Urgent()
    {
        var limit = _time.GetUtcNow() + ExpirySchedule.Urgent;
        return [.. _certificates.Where(c => c.IsUsed && c.NotAfter <= limit)];
    }

    private IEnumerable<Measurement<double>> Measure()
    {
        var now = _time.GetUtcNow();
        return _certificates.Select(c => new Measurement<double>(
            (c.NotAfter - now).TotalSeconds,
            new("certificate", c.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("usage", SettingNames.CertificateUsages.NameOf(c.Usage))));
    }
}
