using Akka.Actor;
using Akka.Event;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using DeadLetter = Webhook.Actors.EventLog.DeadLetter;

namespace Webhook.Actors.DeadLetters;

/// <summary>What a redelivery needs from the process.</summary>
internal sealed record RedeliveryServices(IDeadLetterStore Store, SendingServices Sending, Action<IntegrationId, DeliveryAttempt> Record);

/// <summary>
/// Sends dead letters of one partition of an integration once more, one request each, one at a time, beside the live delivery. A letter that arrives is gone; one that is
/// refused again stays, with the new answer. When the receiver fails three times in a row it ends: what is left stays where it is.
/// </summary>
/// <remarks><code>Running --all sent | receiver fails--> stopped</code></remarks>
internal sealed class RedeliveryActor : UntypedActor
{
    private const int PageSize = 50;

    private readonly LaneProtocol.Redeliver _command;
    private readonly IntegrationSettings _settings;
    private readonly RedeliveryServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopped = new();
    private readonly CancellationTokenSource _failing = new();

    public RedeliveryActor(LaneProtocol.Redeliver command, IntegrationSettings settings, RedeliveryServices services)
    {
        _command = command;
        _services = services;
        var rate = Math.Min(command.MaxRequestsPerSecond, settings.Delivery.MaxRequestsPerSecond ?? double.MaxValue);
        _settings = settings with { Delivery = settings.Delivery with { MaxConcurrency = 1, MaxRequestsPerSecond = rate } };
    }

    /// <param name="settings">In force now.</param>
    public static Props Props(LaneProtocol.Redeliver command, IntegrationSettings settings, RedeliveryServices services) =>
        Akka.Actor.Props.Create(() => new RedeliveryActor(command, settings, services));

    protected override void PreStart() => RunAsync().PipeTo(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ended ended:
                _log.Info(
                    "Integration {Integration}: redelivery of dead letters ended; {Delivered} delivered, {Refused} refused again{Rest}",
                    _command.Lane.Integration, ended.Delivered, ended.Refused, ended.IsComplete ? "" : "; the receiver fails, the others stay dead letters");
                Context.Stop(Self);
                break;
            case Status.Failure failure:
                _log.Warning(failure.Cause, "Integration {Integration}: redelivery of dead letters ended early; the others stay dead letters", _command.Lane.Integration);
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _failing.Cancel();
    }

    private async Task<Ended> RunAsync()
    {
        var (time, lane) = (_services.Sending.Time, _command.Lane);
        var ledger = new RedeliveryLedger(lane.Integration, _services.Store, _services.Record, time);
        using var gate = new DeliveryGate(SendWindow.For(_settings.Delivery, time), _services.Sending.Limits, time);
        using var delivery = new BatchDelivery(_settings, _services.Sending, ledger, gate, connections: 1, Random.Shared.NextDouble);
        var (delivered, refused) = (0, 0);
        await foreach (var letter in LettersAsync(time.GetUtcNow()).ConfigureAwait(false))
        {
            ledger.Begin(letter);
            var end = await delivery.SendAsync(RedeliveryBatch.Create(lane, _settings, letter), ValueTask.CompletedTask, Heed, _failing.Token, _stopped.Token)
                .ConfigureAwait(false);
            if (!end.IsFinished) return new Ended(delivered, refused, IsComplete: false);
            if (ledger.IsRefused)
            {
                refused++;
                continue;
            }

            delivered++;
            await _services.Store.RemoveAsync(lane.Integration.Value, [letter.Id], _stopped.Token).ConfigureAwait(false);
        }

        return new Ended(delivered, refused, IsComplete: true);
    }

    private void Heed(FailedAttempt failure)
    {
        if (failure.Hold is { IsInhibition: true }) _failing.Cancel();
    }

    // Those that are refused again in this run are not taken once more.
    private async IAsyncEnumerable<DeadLetter> LettersAsync(DateTimeOffset now)
    {
        var integration = _command.Lane.Integration.Value;
        if (_command.Sequences is { } sequences)
        {
            foreach (var sequence in sequences)
            {
                if (await _services.Store.FindAsync(integration, new DeadLetterId(_command.Lane.Partition, sequence), _stopped.Token).ConfigureAwait(false) is { } letter)
                    yield return letter;
            }

            yield break;
        }

        var chosen = _command.Selection ?? new LaneProtocol.DeadLetterSelection();
        var until = chosen.RefusedUntil < now ? chosen.RefusedUntil : now;
        var filter = new DeadLetterFilter(chosen.Channel, chosen.StatusCode, chosen.RefusedFrom, until, chosen.Text);
        DeadLetterId? after = null;
        while (await _services.Store.ListAsync(integration, filter, after, PageSize, _stopped.Token).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var letter in page.Where(l => l.Id.Partition == _command.Lane.Partition)) yield return letter;
            after = page[^1].Id;
        }
    }

    private sealed record Ended(int Delivered, int Refused, bool IsComplete) : INoSerializationVerificationNeeded;
}
