using System.Net;
using System.Net.Sockets;
using HdrHistogram;
using Webhook.Load.Events;
using Webhook.Load.Generating;

namespace Webhook.Load.Tests.Generating;

public sealed class LoadGeneratorTests
{
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(600);

    /// <summary>A target that answers at once, but for one stall. A closed loop meets the stall with the one request under way; by the clock, sixty requests were due in it.</summary>
    [Fact]
    public async Task Open_loop_counts_the_latency_of_what_was_due_while_the_target_stalled()
    {
        var (closed, _) = await RunAsync(new PhaseLoad(TimeSpan.FromMinutes(1), 1, MaxEvents: 150));
        var (open, counts) = await RunAsync(new PhaseLoad(TimeSpan.FromSeconds(1.5), 1, new Rate(100, 100)));

        closed.TotalCount.ShouldBe(150);
        closed.GetValueAtPercentile(90).ShouldBeLessThan(300_000, "a closed loop hides the stall");
        open.GetValueAtPercentile(90).ShouldBeInRange(300_000, 3_000_000, "nine tenths waited less than nearly all of the stall");
        open.TotalCount.ShouldBe(150);
        counts.Sent.ShouldBe(150 - counts.Unsent);
    }

    [Fact]
    public async Task What_could_not_be_sent_in_its_phase_is_counted_and_has_a_latency()
    {
        var (latencies, counts) = await RunAsync(new PhaseLoad(TimeSpan.FromMilliseconds(300), 1, new Rate(100, 100)), stallFrom: 1);

        counts.Unsent.ShouldBeGreaterThan(20);
        latencies.TotalCount.ShouldBe(30);
    }

    [Fact]
    public async Task Requests_that_are_refused_or_broken_off_are_failures_by_reason()
    {
        var (_, counts) = await RunAsync(new PhaseLoad(TimeSpan.FromMilliseconds(300), 2, new Rate(50, 50)), answer: "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\nno");

        counts.Acknowledged.ShouldBe(0);
        counts.Failures.Keys.ShouldBe(["429"]);
        (counts.Failures["429"] + counts.Unsent).ShouldBe(15);
    }

    private static async Task<(LongHistogram Latencies, SendCounts Counts)> RunAsync(
        PhaseLoad load, int stallFrom = 20, string answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, stallFrom, answer, stop.Token);
        var target = new IngestTarget(new Uri($"http://{listener.LocalEndpoint}/in"), new Dictionary<string, string>());
        var counts = new SendCounts();
        using (var generator = new LoadGenerator(target, new EventShape(300, 1), EventTag.NewRun()))
        {
            await generator.RunAsync(load, counts, CancellationToken.None);
            await stop.CancelAsync();
            await serving;
            return (generator.Latencies.Phases()[0], counts);
        }
    }

    /// <summary>Stalls once, before it answers request <paramref name="stallFrom"/>.</summary>
    private static async Task ServeAsync(TcpListener listener, int stallFrom, string answer, CancellationToken cancellation)
    {
        var served = 0;
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(cancellation)));
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }

        await Task.WhenAll(connections);

        async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                var stream = client.GetStream();
                var buffer = new byte[4096];
                try
                {
                    // The requests are small, and the next one comes only after the answer: one read is one request.
                    while (await stream.ReadAsync(buffer, cancellation) > 0)
                    {
                        if (Interlocked.Increment(ref served) == stallFrom) await Task.Delay(Stall, cancellation);
                        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), cancellation);
                    }
                }
                catch (Exception e) when (e is OperationCanceledException or IOException)
                {
                    // The end of the test.
                }
            }
        }
    }
}
