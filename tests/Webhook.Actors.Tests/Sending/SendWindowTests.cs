using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class SendWindowTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(null, false, 1, 64, true)]
    [InlineData(7, false, 7, 7, false)]
    [InlineData(1, false, 1, 1, false)]
    [InlineData(null, true, 1, 1, false)]
    [InlineData(7, true, 1, 1, false)]
    public void For_Settings_DecideSizeAndMaximum(int? maxConcurrency, bool isOrdered, int size, int maximum, bool isAdaptive)
    {
        var window = SendWindow.For(new DeliverySettings { MaxConcurrency = maxConcurrency, Ordered = isOrdered }, _time);

        (window.Size, window.Maximum, window.IsAdaptive).ShouldBe((size, maximum, isAdaptive));
        window.HasRoom(size - 1).ShouldBeTrue();
        window.HasRoom(size).ShouldBeFalse();
    }

    [Theory]
    [InlineData(AttemptOutcome.Delivered)]
    [InlineData(AttemptOutcome.RateLimited)]
    public void Observe_FixedWindow_Stays(AttemptOutcome outcome)
    {
        var window = SendWindow.For(new DeliverySettings { MaxConcurrency = 5 }, _time);

        Answer(window, outcome, 200);
        window.Restart();

        window.Size.ShouldBe(5);
    }

    [Fact]
    public void Restart_GrownWindow_BeginsAtOneAndDoublesAgain()
    {
        var window = SendWindow.For(new DeliverySettings(), _time);
        Answer(window, AttemptOutcome.Delivered, 200);
        window.Size.ShouldBe(64);

        window.Restart();

        window.Size.ShouldBe(1);
        // 4 answers at each of 1, 2 and 4, then as many as the window is large.
        List<int> sizes = [];
        foreach (var answers in (int[])[4, 4, 4, 8, 16, 32])
        {
            Answer(window, AttemptOutcome.Delivered, answers);
            sizes.Add(window.Size);
        }

        sizes.ShouldBe([2, 4, 8, 16, 32, 64]);
    }

    [Fact]
    public void Restart_AnswersToEarlierRequests_CountForNothing()
    {
        var window = SendWindow.For(new DeliverySettings(), _time);
        _time.Advance(TimeSpan.FromSeconds(10));
        window.Restart();

        for (var i = 0; i < 20; i++) window.Observe(AttemptOutcome.Delivered, TimeSpan.FromSeconds(1), inFlight: 64);

        window.Size.ShouldBe(1);
    }

    // One after the other, each sent at a full window.
    private void Answer(SendWindow window, AttemptOutcome outcome, int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            window.Observe(outcome, TimeSpan.FromMilliseconds(50), window.Size);
        }
    }
}
