using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Webhook.Actors.EventLog;

/// <summary>How the event log keeps and refuses events.</summary>
public sealed class EventLogOptions
{
    public const string SectionName = "Webhook:EventLog";

    /// <summary>The folder of the log's files. Default <c>data/log</c>, relative to the working folder. It belongs to one process at a time.</summary>
    [Required]
    public string Path { get; set; } = "data/log";

    /// <summary>Bytes of stored blocks. Default 10 GiB. At the limit ingest answers 503 until deliveries or retention have freed space; nothing is dropped for it.</summary>
    [Range(1024L * 1024, long.MaxValue)]
    public long MaxBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Bytes that stay free on the log's disk. Default 256 MiB, 0 turns the check off. Below it ingest answers 503; deliveries go on.</summary>
    [Range(0, long.MaxValue)]
    public long MinFreeDiskBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Bytes of requests that may wait for their commit. Default 64 MiB. Beyond it ingest answers 429.</summary>
    [Range(64 * 1024, int.MaxValue)]
    public int MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes of events at which a commit takes no further request. Default 4 MiB; a larger single request is a commit of its own.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int CommitBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Time from the end of one commit to the start of the next, in which requests gather. Default 2 ms. A request after a longer pause is committed at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>A commit that takes longer makes the log unhealthy. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of the newest blocks that all deliveries read one copy of. Default 32 MiB. Readers further behind read from the disk.</summary>
    [Range(0, int.MaxValue)]
    public int SharedTailBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Bytes gathered in memory before they become a file of the store. Default 16 MiB; up to three exist at a time.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MemtableBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long events wait for a receiver. Default 7 days. Older ones are dropped, counted as <c>retention_age</c> and logged.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan RetentionAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Bytes beyond which the oldest events are dropped, counted as <c>retention_size</c> and logged. Default none: a full log refuses new events instead.</summary>
    [Range(1024L * 1024, long.MaxValue)]
    public long? RetentionBytes { get; set; }

    /// <summary>How long events stay for a replay after every integration is done with them. Default 24 h; 0 drops them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan ReplayAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Bytes of the log up to which such events stay, at most half of <see cref="MaxBytes"/>; what is not delivered counts too. Default 1 GiB.</summary>
    [Range(0, long.MaxValue)]
    public long ReplayBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>How often delivered and expired events are dropped. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an <c>Idempotency-Key</c> is remembered. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan IdempotencyAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many idempotency keys are remembered; the oldest go first. Default 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int IdempotencyRecords { get; set; } = 1_000_000;
}

/// <summary>What the options must be together.</summary>
internal sealed class EventLogOptionsConsistency : IValidateOptions<EventLogOptions>
{
    public ValidateOptionsResult Validate(string? name, EventLogOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.RetentionBytes > options.MaxBytes)
            errors.AddError($"{EventLogOptions.SectionName}:RetentionBytes ({options.RetentionBytes:N0}) is above MaxBytes ({options.MaxBytes:N0}): the log would refuse events before it drops any. Lower it, or raise MaxBytes.");
        if (options.CommitBytes > options.MaxWaitingBytes)
            errors.AddError($"{EventLogOptions.SectionName}:CommitBytes ({options.CommitBytes:N0}) is above MaxWaitingBytes ({options.MaxWaitingBytes:N0}): a commit could never fill. Lower it, or raise MaxWaitingBytes.");
        if (options.StalledAfter <= options.CommitInterval)
            errors.AddError($"{EventLogOptions.SectionName}:StalledAfter ({options.StalledAfter}) is not above CommitInterval ({options.CommitInterval}): a healthy log would look stalled. Raise it.");
        return errors.Build();
    }
}
