using Webhook.Actors.Sending;

namespace Webhook.Server.Producing;

/// <summary>An event that was not taken.</summary>
/// <param name="Line">Of the input, on which it begins.</param>
internal sealed record Refusal(long Line, string Reason);

/// <summary>What has been sent so far. Safe for several threads.</summary>
/// <param name="refusedFile">Gets each refused event as it was, one a line; null: they are not kept.</param>
internal sealed class SendTally(Stream? refusedFile)
{
    /// <summary>Refusals that are told one by one; the others are counted, and kept in the file.</summary>
    public const int MaxListed = 100;

    private readonly Lock _lock = new();
    private readonly List<Refusal> _refusals = [];
    private long _accepted;
    private long _refused;
    private long _requests;
    private long _repeated;
    private long _bytes;
    private string? _waitsFor;

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>All of them, repeated ones too.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests that were sent again, as they were not answered, or asked to wait.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Of the events accepted and refused.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Why a request is about to be sent again; null: none is.</summary>
    public string? WaitsFor => Volatile.Read(ref _waitsFor);

    /// <summary>The first ones, by line.</summary>
    public IReadOnlyList<Refusal> Refusals
    {
        get
        {
            lock (_lock) return [.. _refusals.OrderBy(static refusal => refusal.Line)];
        }
    }

    public void Accept(long events, long bytes)
    {
        Interlocked.Add(ref _accepted, events);
        Interlocked.Add(ref _bytes, bytes);
        Volatile.Write(ref _waitsFor, null);
    }

    /// <exception cref="IOException">It cannot be kept.</exception>
    public void Refuse(ReadOnlySpan<byte> json, long line, string reason)
    {
        Interlocked.Add(ref _bytes, json.Length);
        lock (_lock)
        {
            Interlocked.Increment(ref _refused);
            if (_refusals.Count < MaxListed) _refusals.Add(new Refusal(line, AnswerExcerpt.OneLine(reason)));
            if (refusedFile is null) return;
            refusedFile.Write(json);
            refusedFile.Write("\n"u8);
        }
    }

    public void Request() => Interlocked.Increment(ref _requests);

    public void Repeat(string reason)
    {
        Interlocked.Increment(ref _repeated);
        Volatile.Write(ref _waitsFor, AnswerExcerpt.OneLine(reason));
    }
}
