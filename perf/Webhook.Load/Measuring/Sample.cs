namespace Webhook.Load.Measuring;

/// <summary>The course of a run, about once a second. Rates are since the sample before; null is not measured.</summary>
/// <param name="At">Seconds since the start of the run.</param>
/// <param name="Phase">Index of the phase; the number of phases while the run drains.</param>
/// <param name="Backlog">Events acknowledged and not yet delivered, all integrations together.</param>
internal sealed record Sample(
    double At,
    int Phase,
    double SentRate,
    double AcknowledgedRate,
    double DeliveredRate,
    double Backlog,
    double? AckP50,
    double? AckP99,
    double? EndToEndP50,
    double? EndToEndP99,
    double? ProcessCpu,
    double ToolCpu,
    double? MachineCpu,
    double? RssBytes,
    double? HeapBytes,
    double? AllocatedRate,
    double? GcPercent,
    double? WrittenRate,
    double? SyncRate);
