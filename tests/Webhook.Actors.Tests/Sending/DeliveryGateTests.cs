using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public sealed class DeliveryGateTests : IDisposable
{
    private static readonly TimeSpan Inhibition = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));
    private readonly DeliveryGate _gate;

    public DeliveryGateTests() => _gate = Gate(4);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task EnterAsync_WindowFull_WaitsInTheOrderOfComing()
    {
        using var gate = Gate(1);
        var first = await gate.EnterAsync(default);
        var second = gate.EnterAsync(default).AsTask();
        var third = gate.EnterAsync(default).AsTask();
        second.IsCompleted.ShouldBeFalse();

        Leave(gate, first, AttemptOutcome.Delivered);
        var pass = await second;
        third.IsCompleted.ShouldBeFalse();
        Leave(gate, pass, AttemptOutcome.Delivered);

        (await third).InFlight.ShouldBe(1);
    }

    [Fact]
    public async Task Leave_LastOfThreeFailed_InhibitsForFiveMinutesThenLetsOneProbeThrough()
    {
        Leave(_gate, await _gate.EnterAsync(default), AttemptOutcome.ServerError, isLast: true);
        var (probe, other) = (_gate.EnterAsync(default).AsTask(), _gate.EnterAsync(default).AsTask());
        _gate.Hold.ShouldBe(new DeliveryHold(IsInhibition: true, _time.Start + Inhibition));

        _time.Advance(Inhibition - TimeSpan.FromTicks(1));
        probe.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        var pass = await probe;
        pass.IsProbe.ShouldBeTrue();
        other.IsCompleted.ShouldBeFalse();
        Leave(_gate, pass, AttemptOutcome.Delivered);
        (await other).IsProbe.ShouldBeFalse();
        _gate.Hold.ShouldBeNull();
    }

    [Theory]
    [InlineData(1, false, 4)]
    [InlineData(4, false, 4)]
    [InlineData(7, false, 7)]
    [InlineData(7, true, 1)]
    public async Task HasRoom_Inhibited_AlsoForAFewThatAreTheProbeInTurnUnlessTheOrderCounts(int maxConcurrency, bool isOrdered, int room)
    {
        using var gate = new DeliveryGate(
            SendWindow.For(new DeliverySettings { MaxConcurrency = maxConcurrency, Ordered = isOrdered }, _time), SendingLimits.Default, _time);
        var window = isOrdered ? 1 : maxConcurrency;
        (gate.HasRoom(window - 1), gate.HasRoom(window)).ShouldBe((true, false));

        Leave(gate, await gate.EnterAsync(default), AttemptOutcome.ConnectFailed, isLast: true);
        (gate.HasRoom(room - 1), gate.HasRoom(room)).ShouldBe((true, false));

        _time.Advance(Inhibition);
        Leave(gate, await gate.EnterAsync(default), AttemptOutcome.Delivered);
        (gate.HasRoom(window - 1), gate.HasRoom(window)).ShouldBe((true, false));
    }

    [Fact]
    public async Task EnterAsync_ProbeFailed_TheNextProbeIsAnother()
    {
        Leave(_gate, await _gate.EnterAsync(default), AttemptOutcome.ConnectFailed, isLast: true);
        var breaking = _gate.EnterAsync(default).AsTask();
        var other = _gate.EnterAsync(default).AsTask();

        _time.Advance(Inhibition);
        Leave(_gate, await breaking, AttemptOutcome.ConnectFailed);
        var again = _gate.EnterAsync(default).AsTask();
        _time.Advance(Inhibition);

        (await other).IsProbe.ShouldBeTrue();
        again.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Leave_ProbesFailForDays_EachInhibitsAgain()
    {
        Leave(_gate, await _gate.EnterAsync(default), AttemptOutcome.ConnectFailed, isLast: true);
        for (var i = 0; i < 3 * 24 * 12; i++)
        {
            var probe = _gate.EnterAsync(default).AsTask();
            _time.Advance(Inhibition);
            var pass = await probe;
            pass.IsProbe.ShouldBeTrue();
            Leave(_gate, pass, AttemptOutcome.ConnectFailed);
            _gate.Hold!.Until.ShouldBe(_time.GetUtcNow() + Inhibition);
        }

        _time.GetUtcNow().ShouldBe(_time.Start + TimeSpan.FromDays(3));
    }

    [Theory]
    [InlineData(AttemptOutcome.Misconfigured)]
    [InlineData(AttemptOutcome.AddressForbidden)]
    [InlineData(AttemptOutcome.CredentialsUnusable)]
    [InlineData(AttemptOutcome.Gone)]
    public async Task Leave_NothingAnotherAttemptCouldMend_InhibitsAtOnce(AttemptOutcome outcome)
    {
        Leave(_gate, await _gate.EnterAsync(default), outcome);

        _gate.IsInhibiting.ShouldBeTrue();
    }

    [Theory]
    [InlineData(AttemptOutcome.Refused)]
    [InlineData(AttemptOutcome.TooLarge)]
    [InlineData(AttemptOutcome.Delivered)]
    public async Task Leave_ProbeAnsweredForGood_Opens(AttemptOutcome outcome)
    {
        Leave(_gate, await _gate.EnterAsync(default), AttemptOutcome.TimedOut, isLast: true);
        _time.Advance(Inhibition);

        Leave(_gate, await _gate.EnterAsync(default), outcome);

        _gate.Hold.ShouldBeNull();
    }

    [Fact]
    public async Task Leave_LateSuccessOfBeforeTheInhibition_DoesNotLiftIt()
    {
        var (early, failing) = (await _gate.EnterAsync(default), await _gate.EnterAsync(default));
        Leave(_gate, failing, AttemptOutcome.ServerError, isLast: true);

        Leave(_gate, early, AttemptOutcome.Delivered);

        _gate.IsInhibiting.ShouldBeTrue();
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(86_400, 300)]
    public async Task Leave_RetryAfter_PausesEverybodyUpToTheCap(double asked, double seconds)
    {
        var pass = await _gate.EnterAsync(default);
        _gate.Leave(pass, new AttemptResult(AttemptOutcome.RateLimited, 429, "slow down", TimeSpan.FromSeconds(asked)), TimeSpan.Zero, isLast: false);
        var next = _gate.EnterAsync(default).AsTask();

        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        next.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        (await next).IsProbe.ShouldBeFalse();
    }

    [Fact]
    public async Task Hold_WallClockSetBackOrForth_LastsAsLongAsItShould()
    {
        var clock = new SteppingTime();
        using var gate = new DeliveryGate(SendWindow.For(new DeliverySettings { MaxConcurrency = 4 }, clock), SendingLimits.Default, clock);
        Leave(gate, await gate.EnterAsync(default), AttemptOutcome.ServerError, isLast: true);
        var probe = gate.EnterAsync(default).AsTask();

        clock.Step(TimeSpan.FromDays(-30));
        clock.Advance(Inhibition - TimeSpan.FromSeconds(1));
        probe.IsCompleted.ShouldBeFalse();
        clock.Step(TimeSpan.FromDays(60));
        clock.Advance(TimeSpan.FromSeconds(1));

        (await probe).IsProbe.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-10, 0)]
    [InlineData(2, 2)]
    [InlineData(60 * 24, 5)]
    public async Task Adopt_InhibitionOfBeforeARestart_LastsWhatIsLeftOfItAndAProbeFollows(double minutesLeft, double waits)
    {
        _gate.Adopt(new DeliveryHold(IsInhibition: true, _time.Start + TimeSpan.FromMinutes(minutesLeft)), isStart: true);
        var probe = _gate.EnterAsync(default).AsTask();

        if (waits > 0)
        {
            _time.Advance(TimeSpan.FromMinutes(waits) - TimeSpan.FromTicks(1));
            probe.IsCompleted.ShouldBeFalse();
        }

        _time.Advance(TimeSpan.FromTicks(1));

        (await probe).IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task Adopt_OldNews_ChangesNothing()
    {
        _gate.Adopt(new DeliveryHold(IsInhibition: true, _time.Start - TimeSpan.FromSeconds(1)), isStart: false);

        (await _gate.EnterAsync(default)).IsProbe.ShouldBeFalse();
    }

    [Fact]
    public async Task Lift_Inhibited_LetsEverybodyThrough()
    {
        Leave(_gate, await _gate.EnterAsync(default), AttemptOutcome.ServerError, isLast: true);
        var waiting = _gate.EnterAsync(default).AsTask();

        _gate.Lift();

        (await waiting).IsProbe.ShouldBeFalse();
    }

    [Fact]
    public async Task Abandon_Probe_LetsAnotherOneTry()
    {
        Leave(_gate, await _gate.EnterAsync(default), AttemptOutcome.ServerError, isLast: true);
        _time.Advance(Inhibition);

        _gate.Abandon(await _gate.EnterAsync(default));

        (await _gate.EnterAsync(default)).IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task EnterAsync_WaitGivenUp_LeavesItsPlaceToTheNext()
    {
        using var gate = Gate(1);
        using var impatience = new CancellationTokenSource();
        var pass = await gate.EnterAsync(default);
        var (impatient, next) = (gate.EnterAsync(impatience.Token).AsTask(), gate.EnterAsync(default).AsTask());

        await impatience.CancelAsync();
        await impatient.ShouldThrowAsync<OperationCanceledException>();
        Leave(gate, pass, AttemptOutcome.Delivered);

        (await next).InFlight.ShouldBe(1);
    }

    private static void Leave(DeliveryGate gate, GatePass pass, AttemptOutcome outcome, bool isLast = false) =>
        gate.Leave(pass, new AttemptResult(outcome), TimeSpan.FromMilliseconds(5), isLast);

    private DeliveryGate Gate(int window) =>
        new(SendWindow.For(new DeliverySettings { MaxConcurrency = window }, _time), SendingLimits.Default, _time);

    /// <summary>The wall clock can be set; timers and timestamps go on as they were.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private readonly FakeTimeProvider _steady = new();
        private TimeSpan _step;

        public void Step(TimeSpan by) => _step += by;

        public void Advance(TimeSpan by) => _steady.Advance(by);

        public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + _step;

        public override long GetTimestamp() => _steady.GetTimestamp();

        public override long TimestampFrequency => _steady.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _steady.CreateTimer(callback, state, dueTime, period);
    }
}
