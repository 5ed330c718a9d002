using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

public sealed class EventLogHealthTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Check_AllWell_Healthy()
    {
        await using var fixture = new LogFixture(time: _time);
        await fixture.AppendAsync(0);
        var health = Health(fixture).Check();
        health.Condition.ShouldBe(LogCondition.Healthy);
        health.Reasons.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_CommitTakesTooLong_UnhealthyUntilItEnds()
    {
        await using var fixture = new LogFixture(time: _time);
        fixture.Log.Close();
        var stalled = fixture.AppendAsync(0).AsTask();
        await Eventually.BecomesTrueAsync(() => !fixture.Log.Journal.IsEmpty, () => "no append");
        _time.Advance(TimeSpan.FromSeconds(9));
        Health(fixture).Check().Condition.ShouldBe(LogCondition.Healthy);
        _time.Advance(TimeSpan.FromSeconds(3));
        var health = Health(fixture).Check();
        health.Condition.ShouldBe(LogCondition.Unhealthy);
        health.Reasons.ShouldBe(["The event log's writer has been stalled for 12 s; a commit should take less than 10 s. Look at its disk."]);
        fixture.Log.Open();
        await stalled;
        await Eventually.BecomesTrueAsync(() => Health(fixture).Check().Condition == LogCondition.Healthy, () => string.Join(" ", Health(fixture).Check().Reasons));
    }

    [Fact]
    public async Task Check_WritesFail_UnhealthyUntilOneSucceedsOrNobodyTries()
    {
        await using var fixture = new LogFixture(time: _time);
        fixture.Log.FailAppendsWith = new EventLogException("The disk is full.");
        await fixture.AppendAsync(0);
        var health = Health(fixture).Check();
        health.Condition.ShouldBe(LogCondition.Unhealthy);
        health.Reasons.ShouldBe(["The disk is full."]);
        _time.Advance(TimeSpan.FromSeconds(31));
        Health(fixture).Check().Condition.ShouldBe(LogCondition.Healthy);
        await fixture.AppendAsync(0);
        Health(fixture).Check().Condition.ShouldBe(LogCondition.Unhealthy);
        fixture.Log.FailAppendsWith = null;
        await fixture.AppendAsync(0);
        Health(fixture).Check().Condition.ShouldBe(LogCondition.Healthy);
    }

    private EventLogHealth Health(LogFixture fixture) => new(fixture.Log, fixture.Writer, fixture.Options, _time);
}
