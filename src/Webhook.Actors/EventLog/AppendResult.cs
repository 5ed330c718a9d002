namespace Webhook.Actors.EventLog;

/// <summary>What became of a request's events: a closed list.</summary>
internal abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>Durable.</summary>
    internal sealed record Appended(int Partition, int Accepted, long FirstSequence, long LastSequence) : AppendResult;

    /// <summary>The same key with the same body was stored before; nothing was stored now, the answer is the first one's.</summary>
    internal sealed record Repeated(int Partition, int Accepted, long FirstSequence, long LastSequence) : AppendResult;

    /// <summary>The same key with another body.</summary>
    internal sealed record KeyConflict : AppendResult;

    /// <summary>Writers wait longer than they should: 429.</summary>
    internal sealed record Behind(TimeSpan RetryAfter, string Reason) : AppendResult;

    /// <summary>The log is full, its disk is, or it cannot write: 503.</summary>
    internal sealed record Unavailable(TimeSpan RetryAfter, string Reason) : AppendResult;
}
