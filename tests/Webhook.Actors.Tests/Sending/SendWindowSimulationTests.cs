using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Sending;

/// <summary>
/// The adaptive window against receivers of many kinds. Each test's numbers fail for a fixed window of 4 or of 64, whichever is wrong there. The knee is the
/// window at which a receiver is just busy; time is told in round trips of an unloaded request.
/// </summary>
public class SendWindowSimulationTests
{
    private static readonly DeliverySettings Patient = new() { TimeoutMs = 60_000 };

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(0.001, 5)]
    [InlineData(0.001, 20)]
    [InlineData(0.1, 1)]
    [InlineData(0.1, 2)]
    [InlineData(0.1, 5)]
    [InlineData(0.1, 20)]
    [InlineData(10, 1)]
    [InlineData(10, 5)]
    [InlineData(10, 20)]
    public void Constant_capacity_is_used_fully_and_the_queue_stays_short(double service, int knee)
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(service, knee / service), Patient);
        simulation.Run(100 * service);

        var steady = simulation.Run(1000 * service);

        steady.PerSecond.ShouldBeGreaterThan(0.98 * knee / service);
        steady.Latency.ShouldBeLessThan(1.55 * service);
        steady.Smallest.ShouldBeGreaterThanOrEqualTo(knee);
        steady.Largest.ShouldBeLessThanOrEqualTo((int)(1.35 * knee) + 1);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.1)]
    [InlineData(10)]
    public void A_receiver_without_a_knee_gets_the_maximum_within_twenty_round_trips(double service)
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(service), Patient);
        simulation.Run(20 * service);

        simulation.Run(100 * service).PerSecond.ShouldBeGreaterThan(0.98 * 64 / service);
    }

    [Fact]
    public void A_receiver_that_does_one_at_a_time_is_sent_one_or_two()
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(0.2, capacity: 5));
        simulation.Run(10);

        var steady = simulation.Run(600);

        steady.PerSecond.ShouldBe(5, tolerance: 0.05);
        steady.Largest.ShouldBe(2);
        steady.Window.ShouldBeLessThan(1.6);
    }

    [Fact]
    public void Capacity_that_falls_to_a_tenth_is_followed_down_and_up_again()
    {
        var receiver = new SimulatedReceiver(0.1, capacity: 200);
        var simulation = new WindowSimulation(receiver);
        simulation.Run(30);

        // Knee 2 now; a round trip at the old window lasts more than a second, and each of about ten steps down takes one.
        receiver.Capacity = 20;
        simulation.Run(15);
        var degraded = simulation.Run(30);
        degraded.PerSecond.ShouldBeGreaterThan(0.98 * 20);
        degraded.Window.ShouldBeLessThan(3);
        degraded.Latency.ShouldBeLessThan(0.16);

        receiver.Capacity = 200;
        simulation.Run(6);
        simulation.Run(10).PerSecond.ShouldBeGreaterThan(0.98 * 200);
    }

    [Fact]
    public void A_receiver_that_becomes_slower_for_good_keeps_its_window()
    {
        var receiver = new SimulatedReceiver(0.1, capacity: 300);
        var simulation = new WindowSimulation(receiver);
        simulation.Run(20);
        simulation.Window.Size.ShouldBeInRange(30, 41);

        receiver.ServiceSeconds = 0.5;
        simulation.Run(30);

        // The same work in flight does a fifth now, and more would do more: up to the maximum.
        simulation.Run(10).PerSecond.ShouldBeGreaterThan(0.98 * 64 / 0.5);
    }

    [Fact]
    public void A_baseline_learnt_from_small_batches_does_not_hold_back_large_ones()
    {
        var receiver = new SimulatedReceiver(0.002);
        var simulation = new WindowSimulation(receiver, offeredPerSecond: 5);
        simulation.Run(60);
        simulation.Window.Size.ShouldBeLessThanOrEqualTo(4);

        // A backlog of full batches: 25 times slower each.
        receiver.ServiceSeconds = 0.05;
        simulation.HasBacklog = true;
        simulation.Run(10);
        simulation.Run(10).PerSecond.ShouldBeGreaterThan(0.9 * 64 / 0.05);
    }

    [Theory]
    [InlineData(50, 0.1)]
    [InlineData(200, 0.1)]
    [InlineData(20, 1)]
    public void A_rate_limit_is_nearly_reached_and_rarely_hit(int limit, double service)
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(service) { RateLimit = limit });
        simulation.Run(100 * service);

        var steady = simulation.Run(1000 * service);

        steady.PerSecond.ShouldBeInRange(0.88 * limit, limit);
        steady.OverloadShare.ShouldBeLessThan(0.04);
    }

    [Fact]
    public void A_flapping_receiver_finds_a_window_of_one_and_is_back_at_full_speed_soon()
    {
        var receiver = new SimulatedReceiver(0.05, capacity: 400);
        var simulation = new WindowSimulation(receiver);
        simulation.Run(20);

        for (var round = 0; round < 5; round++)
        {
            receiver.IsDown = true;
            simulation.Run(60);
            simulation.Window.Size.ShouldBe(1);
            simulation.Window.Restart();

            receiver.IsDown = false;

            // The pauses of the attempts that failed last: up to 30 s and the jitter.
            var returning = simulation.Run(40);
            returning.OverloadShare.ShouldBe(0);
            simulation.Run(5).PerSecond.ShouldBeGreaterThan(0.98 * 400);
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(1)]
    public void Jitter_does_not_collapse_the_window(double jitter)
    {
        var free = new WindowSimulation(new SimulatedReceiver(0.1) { Jitter = jitter });
        free.Run(10);
        free.Run(200).PerSecond.ShouldBeGreaterThan(0.95 * 640);

        var bounded = new WindowSimulation(new SimulatedReceiver(0.1, capacity: 200) { Jitter = jitter });
        bounded.Run(20);
        var steady = bounded.Run(200);
        steady.PerSecond.ShouldBeGreaterThan(0.95 * 200);
        steady.Latency.ShouldBeLessThan(0.17);
        steady.Window.ShouldBeInRange(20, 34);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    public void Handshakes_of_new_connections_are_not_taken_for_a_queue(double handshake)
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(0.1)) { Handshake = TimeSpan.FromSeconds(handshake) };
        simulation.Run(10);

        simulation.Window.Size.ShouldBe(64);
    }

    [Fact]
    public void One_failure_in_a_hundred_does_not_collapse_the_window()
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(0.1) { Faulty = 0.01 });
        simulation.Run(20);

        simulation.Run(100).Window.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Half_of_the_requests_failing_leaves_one_in_flight()
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(0.1) { Faulty = 0.5 });
        simulation.Run(30);

        simulation.Run(300).Largest.ShouldBe(1);
    }

    [Fact]
    public void Latency_that_grows_for_ever_costs_nothing_until_requests_time_out_and_then_leaves_one_in_flight()
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(0) { ServiceAt = static now => 0.1 * Math.Exp(0.01 * now.TotalSeconds) });
        simulation.Run(100);

        // 0.27 s by now, and none of it a queue of ours: a window of 64 would do 237 a second at first and 87 at last.
        simulation.Run(100).PerSecond.ShouldBeGreaterThan(0.85 * 150);

        // 15 s are reached after 501 s.
        simulation.Run(500);
        simulation.Run(60).Largest.ShouldBe(1);
    }

    [Fact]
    public void A_window_that_is_not_used_does_not_grow()
    {
        var simulation = new WindowSimulation(new SimulatedReceiver(0.1), offeredPerSecond: 25);

        // Up to what was waiting when the window was still too small, and no further.
        simulation.Run(60).Largest.ShouldBeLessThanOrEqualTo(8);
        var steady = simulation.Run(600);

        steady.PerSecond.ShouldBe(25, tolerance: 0.1);
        steady.Smallest.ShouldBe(steady.Largest);
    }
}
