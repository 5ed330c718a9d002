using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.EventLog;

/// <summary>Group commit: one writer takes all requests that wait, joins them into one block, and stores it with one sync.</summary>
/// <remarks>
/// One loop per partition: (1) wait for a request; (2) if the last commit ended less than <see cref="EventLogOptions.CommitInterval"/> ago, let more gather; (3) plan the block;
/// (4) store it, synced; (5) publish it to the readers; (6) answer. Nothing is acknowledged out of this order. The loop ends when the writer is disposed and the queue is empty.
/// </remarks>
internal sealed class EventLogWriter : IAsyncDisposable
{
    private const int Partition = 0;
    private static readonly TimeSpan RetryWhenBehind = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryWhenUnavailable = TimeSpan.FromSeconds(5);

    private readonly IEventLog _log;
    private readonly SharedTail _tail;
    private readonly EventLogOptions _options;
    private readonly WebhookMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EventLogWriter> _logger;

    // Unbounded in number, bounded in bytes by _waitingBytes: requests differ in size by five orders of magnitude.
    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CommitPlan _plan;
    private readonly Task _loop;
    private long _waitingBytes;
    private long _lastCommitEnded;
    private long _commitStarted;
    private WriteFailure? _failure;

    public EventLogWriter(IEventLog log, SharedTail tail, EventLogOptions options, WebhookMetrics metrics, TimeProvider time, ILogger<EventLogWriter> logger)
    {
        _log = log;
        _tail = tail;
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _plan = new CommitPlan(options.CommitBytes);
        _lastCommitEnded = time.GetTimestamp() - time.TimestampFrequency;
        _loop = RunAsync();
    }

    /// <summary>How long the present commit has been under way; null when there is none.</summary>
    public TimeSpan? CommitUnderWayFor => Volatile.Read(ref _commitStarted) is var started and not 0 ? _time.GetElapsedTime(started) : null;

    /// <summary>The last commit's failure; null when it succeeded.</summary>
    public WriteFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>Completes when the events are durable or refused. Takes ownership of <paramref name="events"/> whatever happens.</summary>
    /// <param name="cancellation">Takes the request back as long as no commit has taken it; after that it may be stored although nobody waits any more.</param>
    /// <exception cref="OperationCanceledException">It was taken back: nothing of it is stored.</exception>
    public ValueTask<AppendResult> AppendAsync(IncomingEvents events, IdempotencyKey? key, UInt128 bodyHash, CancellationToken cancellation) =>
        AppendAsync(events, key, bodyHash, null, cancellation);

    /// <summary>As above, for an input: its mark is stored if and only if the events are.</summary>
    /// <remarks>An input waits for each answer before it appends again: a later mark must not overtake events that were refused.</remarks>
    public ValueTask<AppendResult> AppendAsync(IncomingEvents events, InputMark mark, CancellationToken cancellation) =>
        AppendAsync(events, null, 0, mark, cancellation);

    private ValueTask<AppendResult> AppendAsync(IncomingEvents events, IdempotencyKey? key, UInt128 bodyHash, InputMark? mark, CancellationToken cancellation)
    {
        var bytes = PendingAppend.WaitingBytes(events);
        var waiting = Interlocked.Add(ref _waitingBytes, bytes);
        // One request alone is never too much: it may be larger than the whole bound.
        if (waiting > _options.MaxWaitingBytes && waiting > bytes)
        {
            Interlocked.Add(ref _waitingBytes, -bytes);
            events.Dispose();
            return ValueTask.FromResult<AppendResult>(new AppendResult.Behind(
                RetryWhenBehind, $"Requests of {waiting - bytes:N0} bytes wait to be stored and at most {_options.MaxWaitingBytes:N0} may; send again later."));
        }

        var pending = PendingAppend.Rent(events, key, bodyHash, mark, cancellation);
        var answer = pending.AsValueTask();
        if (_queue.Writer.TryWrite(pending)) return answer;
        Interlocked.Add(ref _waitingBytes, -bytes);
        pending.Complete(new AppendResult.Unavailable(RetryWhenUnavailable, "The program is shutting down; send again when it is back."));
        return answer;
    }

    /// <summary>What waits is still stored and answered; new requests are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var gather = _options.CommitInterval - _time.GetElapsedTime(_lastCommitEnded);
            if (gather > TimeSpan.Zero && Volatile.Read(ref _waitingBytes) < _options.CommitBytes)
                await Task.Delay(gather, _time).ConfigureAwait(false);
            try
            {
                await PlanAsync().ConfigureAwait(false);
                if (!_plan.IsEmpty) await CommitAsync().ConfigureAwait(false);
            }
            catch (EventLogException e)
            {
                Failed(e.Message);
            }
            catch (Exception e)
            {
                // A bug, not a state of the log: those who wait get it, and the next commit is tried as if nothing had been.
                _logger.LogError(e, "A commit failed for a reason that it should not have");
                _plan.Fail(e);
            }
            finally
            {
                _lastCommitEnded = _time.GetTimestamp();
            }
        }
    }

    private async ValueTask PlanAsync()
    {
        while (_queue.Reader.TryPeek(out var request) && _plan.Fits(request) && _queue.Reader.TryRead(out request))
        {
            Interlocked.Add(ref _waitingBytes, -request.Bytes);
            if (request.Cancellation.IsCancellationRequested)
            {
                request.Fail(new OperationCanceledException(request.Cancellation));
                continue;
            }

            IdempotencyRecord? earlier = null;
            try
            {
                if (request.Key is { } key) earlier = await _log.FindAsync(key, CancellationToken.None).ConfigureAwait(false);
            }
            catch (EventLogException e)
            {
                request.Complete(new AppendResult.Unavailable(RetryWhenUnavailable, e.Message));
                continue;
            }

            if (_plan.Add(request, earlier) is { } answer) request.Complete(answer);
        }
    }

    private async ValueTask CommitAsync()
    {
        var bounds = _log.Bounds(Partition);
        if (bounds.Bytes + _plan.Bytes > _options.MaxBytes)
        {
            Failed($"The event log is full: it holds {bounds.Bytes:N0} bytes and may hold {_options.MaxBytes:N0}. It empties as receivers take their events; or raise {EventLogOptions.SectionName}:MaxBytes, or set RetentionBytes.");
            return;
        }

        var started = _time.GetTimestamp();
        var number = EventBlock.BlockOf(bounds.Head);
        var now = _time.GetUtcNow();
        var block = EventBlock.Build(number, bounds.EventsEver, bounds.BytesEver, (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, _plan.Requests);
        Volatile.Write(ref _commitStarted, started);
        try
        {
            await _log.AppendAsync(Partition, block, _plan.Idempotency(number, now), _plan.Marks, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            block.Release();
            throw;
        }
        finally
        {
            Volatile.Write(ref _commitStarted, 0);
        }

        if (Failure is not null) _logger.LogInformation("The event log takes events again");
        Volatile.Write(ref _failure, null);
        _metrics.Committed(_time.GetElapsedTime(started), _plan.Events);
        CountAccepted(_plan.Requests);
        _tail.Publish(Partition, block);
        _plan.Complete(Partition, number);
    }

    // Requests on one channel are counted as one: nearly always all of them, and each count costs more than an event does.
    private void CountAccepted(ReadOnlySpan<IncomingEvents> requests)
    {
        for (var i = 0; i < requests.Length;)
        {
            var channel = requests[i].Channel;
            var (events, bytes) = (0L, 0L);
            for (; i < requests.Length && requests[i].Channel == channel; i++) (events, bytes) = (events + requests[i].Count, bytes + requests[i].Bytes);
            _metrics.Accepted(channel, events, bytes);
        }
    }

    private void Failed(string reason)
    {
        if (Failure is null) _logger.LogWarning("The event log refuses events: {Reason}", reason);
        Volatile.Write(ref _failure, new WriteFailure(reason, _time.GetTimestamp()));
        _plan.Refuse(new AppendResult.Unavailable(RetryWhenUnavailable, reason));
    }
}

/// <param name="At">A timestamp of the writer's <see cref="TimeProvider"/>.</param>
internal sealed record WriteFailure(string Reason, long At);
