using Polly;
using Polly.Retry;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>How the delivery of a batch ended.</summary>
/// <param name="IsFinished">All of it is delivered or dead-lettered; false: what is not will be sent again, as it was cut.</param>
internal readonly record struct DeliveryEnd(bool IsFinished, int Attempts);

/// <summary>An attempt that did not deliver.</summary>
/// <param name="Attempt">Number of the attempt at this batch, from 1.</param>
/// <param name="Hold">What holds the integration back since; null: nothing.</param>
internal sealed record FailedAttempt(string Batch, int Events, AttemptResult Result, int Attempt, DeliveryHold? Hold) : HttpSinkProtocol.ILocal;

/// <summary>
/// A delivery: attempts for one batch, until the receiver has taken all of it but what it refuses for good, or the delivery is told to end. Never gives up by itself.
/// </summary>
/// <remarks>
/// 1. The cut is durable before anything is sent. 2. A piece goes through the gate, up to three times with pauses; then the gate is closed by its failure, and
/// the piece waits there. 3. A piece that the receiver does not take for its size or its events is divided, durably, and its parts take its place, in order.
/// 4. A single event that is refused becomes a dead letter.
/// </remarks>
internal sealed class BatchDelivery : IDisposable
{
    // A dead letter that could not be stored is tried again; the receiver is not asked.
    private static readonly TimeSpan RefusalRetryPause = TimeSpan.FromSeconds(5);

    // A division is a sync of the log that all share and two more requests: a receiver that refuses one event of ten would make thousands a second of them, and
    // delay the others. Enough for one refused event of a thousand at 10,000 events a second.
    private const double MaxDivisionsPerSecond = 100;
    private static readonly TimeSpan DivisionCredit = TimeSpan.FromSeconds(1);

    private readonly IntegrationSettings _settings;
    private readonly SendingServices _services;
    private readonly IDeliveryLedger _ledger;
    private readonly DeliveryGate _gate;
    private readonly IAttemptSender _sender;
    private readonly RequestPace _pace;
    private readonly RequestPace _divisions;
    private readonly ResiliencePipeline<AttemptResult> _attempts;

    /// <param name="connections">At a time, at most.</param>
    /// <param name="jitter">0 to 1, asked once per pause.</param>
    public BatchDelivery(
        IntegrationSettings settings, SendingServices services, IDeliveryLedger ledger, DeliveryGate gate, int connections, Func<double> jitter)
    {
        _settings = settings;
        _services = services;
        _ledger = ledger;
        _gate = gate;
        _sender = AttemptSenders.Open(settings, services, connections);
        _pace = new RequestPace(settings.Delivery.MaxRequestsPerSecond, services.Time);
        _divisions = new RequestPace(MaxDivisionsPerSecond, services.Time, DivisionCredit);
        _attempts = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = services.Time }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = RetrySchedule.Attempts - 1,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Result is { } result && OutcomeRule.Of(result.Outcome).Next == NextStep.Retry && !_gate.IsInhibiting),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(RetrySchedule.Delay(args.AttemptNumber + 1, jitter())),
            })
            .Build();
    }

    /// <summary>Sends <paramref name="batch"/> and gives its body back when no request reads from it any more.</summary>
    /// <param name="opened">The ledger's word that the cut is durable.</param>
    /// <param name="failed">Told of every failed attempt, on any thread.</param>
    /// <param name="noRetries">Ends pauses at once and lets no further attempt start; the one under way goes on. The first attempt is made all the same, if it need not wait.</param>
    /// <param name="abort">Ends everything at once.</param>
    public async Task<DeliveryEnd> SendAsync(
        Batch batch, ValueTask opened, Action<FailedAttempt> failed, CancellationToken noRetries, CancellationToken abort)
    {
        var pieces = new Stack<Piece>();
        pieces.Push(new Piece(batch));
        var attempts = new AttemptCount();
        try
        {
            await opened.ConfigureAwait(false);
            while (pieces.TryPeek(out var piece))
            {
                if (piece.Refused is { } refused)
                {
                    await RefuseAsync(piece.Batch, [refused], piece.Answer!, noRetries).ConfigureAwait(false);
                    Finish(pieces);
                }
                else if (IsBeyondLimits(piece.Batch))
                {
                    await DivideAsync(pieces, BatchDivision.Halves(piece.Batch)).ConfigureAwait(false);
                }
                else
                {
                    var result = await UntilDecidedAsync(piece.Batch, attempts, failed, noRetries, abort).ConfigureAwait(false);
                    if (result is null) return new DeliveryEnd(false, attempts.Made);
                    await SettleAsync(pieces, result, noRetries).ConfigureAwait(false);
                }
            }

            return new DeliveryEnd(true, attempts.Made);
        }
        catch (OperationCanceledException) when (noRetries.IsCancellationRequested || abort.IsCancellationRequested)
        {
            return new DeliveryEnd(false, attempts.Made);
        }
        finally
        {
            foreach (var piece in pieces) piece.Batch.Dispose();
        }
    }

    public void Dispose() => _sender.Dispose();

    // One that was cut under other limits: whoever made them smaller wants smaller requests now.
    private bool IsBeyondLimits(Batch piece) =>
        piece.Events > 1 && (piece.Events > _settings.Delivery.MaxBatchEvents || piece.Length > _settings.Delivery.MaxBatchBytes);

    /// <returns>The result that says what becomes of the piece, or null when there will be no further attempt.</returns>
    private async Task<AttemptResult?> UntilDecidedAsync(
        Batch piece, AttemptCount attempts, Action<FailedAttempt> failed, CancellationToken noRetries, CancellationToken abort)
    {
        using var body = EncodedBody.Encode(piece.Body, _settings.Delivery.Compression);
        while (true)
        {
            var inRow = 0;
            // A pipeline whose token is cancelled would not even try once.
            var result = noRetries.IsCancellationRequested
                ? await AttemptAsync().ConfigureAwait(false)
                : await _attempts.ExecuteAsync(_ => AttemptAsync(), noRetries).ConfigureAwait(false);
            if (OutcomeRule.Of(result.Outcome).Next is NextStep.Done or NextStep.Divide) return result;
            if (noRetries.IsCancellationRequested) return null;

            async ValueTask<AttemptResult> AttemptAsync()
            {
                var pass = await EnterAsync(isFirst: attempts.Made == 0, noRetries).ConfigureAwait(false);
                AttemptResult answer;
                var started = _services.Time.GetTimestamp();
                try
                {
                    answer = await _sender.AttemptAsync(piece, body, abort).ConfigureAwait(false);
                }
                catch
                {
                    _gate.Abandon(pass);
                    throw;
                }

                attempts.Made++;
                _ledger.Record(piece, attempts.Made, answer);
                _gate.Leave(pass, answer, _services.Time.GetElapsedTime(started), isLast: ++inRow >= RetrySchedule.Attempts);
                if (answer.Outcome != AttemptOutcome.Delivered)
                    failed(new FailedAttempt(piece.Id, piece.Events, answer, attempts.Made, _gate.Hold));
                return answer;
            }
        }
    }

    private async ValueTask<GatePass> EnterAsync(bool isFirst, CancellationToken noRetries)
    {
        if (!isFirst) noRetries.ThrowIfCancellationRequested();
        while (true)
        {
            var pass = await _gate.EnterAsync(noRetries).ConfigureAwait(false);
            try
            {
                await _pace.WaitAsync(noRetries).ConfigureAwait(false);
            }
            catch
            {
                _gate.Abandon(pass);
                throw;
            }

            // A pause that came over the wait for its place holds it back like those that are still outside.
            if (pass.IsProbe || _gate.Hold is null) return pass;
            _gate.Abandon(pass);
        }
    }

    /// <summary>The receiver has answered for good: what is at the top of the stack is done with, divided, or about to be a dead letter.</summary>
    private async Task SettleAsync(Stack<Piece> pieces, AttemptResult result, CancellationToken noRetries)
    {
        var batch = pieces.Peek().Batch;
        if (result.Outcome == AttemptOutcome.Delivered)
        {
            if (result.Refused.Count > 0) await RefuseAsync(batch, result.Refused, result, noRetries).ConfigureAwait(false);
            _services.Metrics.Delivered(batch.Lane.Integration.ToString(), batch.Events - result.Refused.Count, batch.Length);
            Finish(pieces);
        }
        else if (batch.Events == 1)
        {
            pieces.Pop();
            pieces.Push(new Piece(batch, result.Refused is [var named, ..] ? named : new RefusedEvent(0, result.Error!), result));
        }
        else
        {
            await _divisions.WaitAsync(noRetries).ConfigureAwait(false);
            var parts = result.Refused.Count == 0 ? BatchDivision.Halves(batch) : BatchDivision.Around(batch, result.Refused, result);
            await DivideAsync(pieces, parts).ConfigureAwait(false);
        }
    }

    /// <exception cref="OperationCanceledException">They could not be stored, and there is no time left to try again.</exception>
    private async Task RefuseAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result, CancellationToken noRetries)
    {
        while (!await _ledger.RefuseAsync(batch, refused, result).ConfigureAwait(false))
            await Task.Delay(RefusalRetryPause, _services.Time, noRetries).ConfigureAwait(false);
    }

    private async Task DivideAsync(Stack<Piece> pieces, IReadOnlyList<Piece> parts)
    {
        await _ledger.DivideAsync(pieces.Peek().Batch, parts).ConfigureAwait(false);
        pieces.Pop().Batch.Dispose();
        for (var i = parts.Count - 1; i >= 0; i--) pieces.Push(parts[i]);
    }

    private void Finish(Stack<Piece> pieces)
    {
        using var done = pieces.Pop().Batch;
        _ledger.Finish(done);
    }

    // Of all pieces; counted where a cancellation may come at any moment.
    private sealed class AttemptCount
    {
        public int Made { get; set; }
    }
}
