namespace Webhook.Actors.Events;

/// <summary>What was found in a body: a closed list.</summary>
internal abstract record ParseResult
{
    private ParseResult()
    {
    }

    /// <summary>The body could be read to its end.</summary>
    /// <param name="Events">The good ones, possibly none; owns the body. The receiver of this result disposes it or hands it on.</param>
    /// <param name="Refused">The first of the bad ones, as many as were asked for.</param>
    /// <param name="RefusedCount">All of the bad ones.</param>
    internal sealed record Parsed(IncomingEvents Events, IReadOnlyList<EventRefusal> Refused, int RefusedCount) : ParseResult;

    /// <summary>The body as a whole cannot be read; it stays the caller's.</summary>
    internal sealed record Unreadable(Fault Fault) : ParseResult;
}

/// <summary>How a body is cut into events.</summary>
internal enum BodyFraming
{
    /// <summary>Told by its first byte: <c>[</c> an array, <c>{</c> one object or lines of them.</summary>
    ByContent,

    /// <summary>NDJSON: every line that is not blank is one event.</summary>
    Lines,
}
