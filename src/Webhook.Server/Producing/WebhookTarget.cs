using System.Net;
using System.Security.Cryptography;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;

namespace Webhook.Server.Producing;

/// <summary>
/// Sends straight to a webhook what the forwarder would: the same batches, headers, signatures, attempts and divisions, by the same code, only without a log. Where the
/// forwarder would leave the receiver alone for five minutes, it ends.
/// </summary>
internal sealed class WebhookTarget : IEventTarget
{
    /// <summary>Goes nowhere: batches do not say which channel they are of.</summary>
    public const string Channel = "SENT";

    // Whoever runs the command says where to; there is no network to be kept from it.
    private static readonly EgressRules Everywhere = new(new AddressGuard([IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]), null, null);

    // The receiver's limits are for it to say.
    private static readonly IngestOptions Bounds = new() { MaxEventBytes = InputReader.MaxEventBytes, MaxInflatedBytes = 2 * InputReader.MaxEventBytes, MaxDepth = 1000 };

    private readonly IntegrationSettings _settings;
    private readonly SendTally _tally;
    private readonly TimeProvider _time;
    private readonly WebhookMetrics _metrics = new();
    private readonly DeliveryGate _gate;
    private readonly BatchDelivery _delivery;
    private readonly SendLedger _ledger;

    // Positions begin anew with every run; a partition of its own keeps a receiver from taking them for repeats.
    private readonly LaneId _lane = new(default, RandomNumberGenerator.GetInt32(1, int.MaxValue));
    private long _blocks;

    public WebhookTarget(IntegrationSettings settings, int connections, SendTally tally, TimeProvider time)
    {
        _settings = settings;
        _tally = tally;
        _time = time;
        _ledger = new SendLedger(tally);
        _gate = new DeliveryGate(SendWindow.For(settings.Delivery, time), SendingLimits.Default, time);
        var services = new SendingServices(PlainSecrets.Instance, PlainSecrets.Instance, SendingLimits.Default, time, _metrics, Everywhere, new SystemResolver(), StandardOutput.None);
        _delivery = new BatchDelivery(settings, services, _ledger, _gate, connections, Random.Shared.NextDouble);
    }

    public async Task<SendStop?> SendAsync(InputBatch batch, CancellationToken cancellation)
    {
        var pieces = new Stack<(int Start, int Count)>();
        pieces.Push((0, batch.Count));
        while (pieces.TryPop(out var piece))
        {
            var (start, count) = piece;
            using var events = Parse(batch, start, count, out var refused);
            if (events is null)
            {
                // More are refused than are listed one by one.
                pieces.Push((start + (count / 2), count - (count / 2)));
                pieces.Push((start, count / 2));
                continue;
            }

            foreach (var refusal in refused) _tally.Refuse(batch.EventAt(start + refusal.Index), batch.LineOf(start + refusal.Index), refusal.Reason);
            if (events.Count == 0) continue;
            if (await DeliverAsync(events, batch, Kept(start, count, refused), cancellation) is { } stop) return stop;
        }

        return null;
    }

    public void Dispose()
    {
        _delivery.Dispose();
        _gate.Dispose();
        _metrics.Dispose();
    }

    private IncomingEvents? Parse(InputBatch batch, int start, int count, out IReadOnlyList<EventRefusal> refused)
    {
        var body = batch.Slice(start, count);
        var memory = EventMemory.Rent(body.Count);
        body.AsSpan().CopyTo(memory);
        var parsed = (ParseResult.Parsed)EventParser.Parse(Channel, memory, body.Count, BodyFraming.Lines, Bounds, EventTimestamp.From(_time.GetUtcNow()));
        refused = parsed.Refused;
        if (parsed.RefusedCount == parsed.Refused.Count) return parsed.Events;
        parsed.Events.Dispose();
        return null;
    }

    private async Task<SendStop?> DeliverAsync(IncomingEvents events, InputBatch from, int[] indexes, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _blocks);
        var block = EventBlock.Build(number, 0, 0, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, [events]);
        var run = new EventRun(block, 0, block.Count);
        var builder = new BatchBuilder(_lane, _settings, Cursor.At(EventBlock.ToSequence(number, 0)));
        _ledger.Begin(number, from, indexes);
        try
        {
            while (!run.IsExhausted)
            {
                builder.Add(run);
                if (await SendAsync(builder.Close(), cancellation) is { } stop) return stop;
            }

            return null;
        }
        finally
        {
            builder.Discard();
            _ledger.End(number);
            run.Release();
        }
    }

    private async Task<SendStop?> SendAsync(Batch batch, CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        SendStop? stop = null;
        var end = await _delivery.SendAsync(batch, ValueTask.CompletedTask, Failed, giveUp.Token, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return end.IsFinished ? null : stop ?? new SendStop(ExitCode.Unavailable, "the receiver took nothing; another batch was given up before this one");

        void Failed(FailedAttempt attempt)
        {
            _tally.Repeat(attempt.Result.Error!);
            if (attempt.Hold is not { IsInhibition: true }) return;
            var isUp = attempt.Result.StatusCode is { } status && OutcomeRule.Of(attempt.Result.Outcome).Next != NextStep.Retry;
            var answer = attempt.Result.Answer is { } said ? $": {said}" : "";
            stop = new SendStop(isUp ? ExitCode.Failed : ExitCode.Unavailable, $"{_settings.Endpoint}: {attempt.Result.Error}{answer}, at attempt {attempt.Attempt} of a batch");
            giveUp.Cancel();
        }
    }

    private static int[] Kept(int start, int count, IReadOnlyList<EventRefusal> refused)
    {
        var without = refused.Select(static refusal => refusal.Index).ToHashSet();
        return [.. Enumerable.Range(0, count).Where(i => !without.Contains(i)).Select(i => start + i)];
    }
}
