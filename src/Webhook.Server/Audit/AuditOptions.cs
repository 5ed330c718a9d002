using System.ComponentModel.DataAnnotations;

namespace Webhook.Server.Audit;

/// <summary>How much of the audit log is kept.</summary>
internal sealed class AuditOptions
{
    public const string SectionName = "Webhook:Audit";

    /// <summary>Bytes of a file before the next one is begun, 64 KiB–100 MiB; default 10 MiB. Files are read whole, one at a time, when the log is asked for.</summary>
    [Range(64 * 1024, 100 * 1024 * 1024)]
    public int MaxFileBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Files kept, the one being written included, 2–1000; default 10. Beyond it the oldest is deleted.</summary>
    [Range(2, 1000)]
    public int MaxFiles { get; set; } = 10;
}
