using System.Net;
using System.Net.Sockets;
using System.Text;
using Webhook.Actors.Integrations;
using Webhook.Server.Producing;
using Webhook.Server.Tests.Ingest;

namespace Webhook.Server.Tests.Producing;

/// <summary>Against the real ingest, over a real log.</summary>
public sealed class IngestTargetTests
{
    private const string Path = "v1/events/SECURE_EVENTS_POLICIES";

    [Theory]
    [InlineData(RequestCompression.None)]
    [InlineData(RequestCompression.Gzip)]
    [InlineData(RequestCompression.Zstd)]
    public async Task Events_are_stored_and_refused_ones_reported_with_their_lines(RequestCompression compression)
    {
        await using var server = await IngestServer.StartAsync();
        using var kept = new MemoryStream();
        var (stop, tally) = await SendAsync(server.Url, server.IngestKey, Lines(250, 17, 18, 200), kept, compression: compression);
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused, tally.Repeated).ShouldBe((247, 3, 0));
        tally.Refusals.Select(refusal => refusal.Line).ShouldBe([17, 18, 200]);
        tally.Refusals.ShouldAllBe(refusal => refusal.Reason.StartsWith("invalid_json: is not valid JSON at byte 0: "));
        Encoding.UTF8.GetString(kept.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["bad 17", "bad 18", "bad 200"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_batch_of_nothing_but_wrong_events_is_reported_event_by_event()
    {
        await using var server = await IngestServer.StartAsync();
        var (stop, tally) = await SendAsync(server.Url, server.IngestKey, Lines(150, [.. Enumerable.Range(1, 150)]));
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused, tally.Refusals.Count).ShouldBe((0, 150, SendTally.MaxListed));
    }

    [Fact]
    public async Task A_body_too_large_for_the_server_is_halved()
    {
        await using var server = await IngestServer.StartAsync(("Webhook:Ingest:MaxBodyBytes", "1000"), ("Webhook:Ingest:MaxInflatedBytes", "1000"), ("Webhook:Ingest:MaxEventBytes", "900"));
        var (stop, tally) = await SendAsync(server.Url, server.IngestKey, Lines(100) + $$"""{"a":"{{new string('x', 950)}}"}""");
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused).ShouldBe((100, 1));
        tally.Refusals[0].Line.ShouldBe(101);
        tally.Refusals[0].Reason.ShouldContain("the limit is 900");
    }

    [Fact]
    public async Task An_answer_that_got_lost_stores_nothing_twice()
    {
        await using var server = await IngestServer.StartAsync();
        using var lossy = new LossyHandler(lose: 2);
        var (stop, tally) = await SendAsync(server.Url, server.IngestKey, Lines(10), handler: lossy);
        stop.ShouldBeNull();
        (tally.Accepted, tally.Requests, tally.Repeated).ShouldBe((10, 3, 2));
        lossy.Keys.Distinct().ShouldHaveSingleItem();
        lossy.WasRepeated.ShouldBe([false, true, true], "the log stored the first one and knew the others");
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_is_asked_again_when_it_said()
    {
        var answers = new Queue<int>([503, 429, 202]);
        await using var server = await Webhook.Testing.Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = answers.Dequeue();
            context.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        });
        var (stop, tally) = await SendAsync(new Uri(server.Url, "/"), "key", Lines(3));
        stop.ShouldBeNull();
        (tally.Accepted, tally.Requests, tally.Repeated).ShouldBe((3, 3, 2));
        server.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_request_is_given_up_after_the_time_for_it()
    {
        await using var server = await Webhook.Testing.Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        });
        var (stop, _) = await SendAsync(new Uri(server.Url, "/"), "key", Lines(3));
        stop!.ExitCode.ShouldBe(ExitCode.Unavailable);
        stop.Message.ShouldContain("the server answered 503; given up after 00:05:00 (--retry-for)");
    }

    [Fact]
    public async Task Falcos_alerts_go_to_their_own_door()
    {
        await using var server = await IngestServer.StartAsync();
        var (stop, tally) = await SendAsync(server.Url, server.IngestKey, """{"rule":"r","priority":"Notice","output":"o","time":"2026-01-01T00:00:00Z","output_fields":{}}""" + "\n{\"no\":1}", path: "v1/falco");
        stop.ShouldBeNull();
        (tally.Accepted, tally.Refused).ShouldBe((1, 1));
        tally.Refusals[0].Line.ShouldBe(2);
    }

    [Fact]
    public async Task A_wrong_key_and_a_wrong_channel_end_it_at_once()
    {
        await using var server = await IngestServer.StartAsync();
        var (wrongKey, _) = await SendAsync(server.Url, "wrong-key-of-enough-characters", Lines(3));
        wrongKey!.ExitCode.ShouldBe(ExitCode.Unavailable);
        wrongKey.Message.ShouldContain("401 unauthorized");
        wrongKey.Message.ShouldEndWith("The key comes from --key-file or WEBHOOK_INGEST_KEY.");
        wrongKey.Message.ShouldNotContain("wrong-key");
        var (wrongRole, _) = await SendAsync(server.Url, server.AdminToken, Lines(3));
        wrongRole!.Message.ShouldContain("403 forbidden");
        var (wrongChannel, _) = await SendAsync(server.Url, server.IngestKey, Lines(3), path: "v1/events/NO_SUCH");
        wrongChannel!.ExitCode.ShouldBe(ExitCode.Failed);
        wrongChannel.Message.ShouldContain("There is no channel 'NO_SUCH'.");
        wrongChannel.Message.ShouldContain("They are: SECURE_EVENTS_POLICIES, ");
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_it_at_once()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var port = ((IPEndPoint)socket.LocalEndpoint).Port;
        socket.Stop();
        var (stop, tally) = await SendAsync(new Uri($"http://127.0.0.1:{port}/"), "key", Lines(3));
        stop!.ExitCode.ShouldBe(ExitCode.Unavailable);
        stop.Message.ShouldStartWith($"http://127.0.0.1:{port}/ cannot be reached: Connection refused");
        tally.Requests.ShouldBe(1);
    }

    private static string Lines(int count, params int[] wrong) =>
        string.Concat(Enumerable.Range(1, count).Select(i => (wrong.Contains(i) ? $"bad {i}" : $$"""{"n":{{i}}}""") + "\n"));

    private static async Task<(SendStop? Stop, SendTally Tally)> SendAsync(
        Uri server, string key, string input, Stream? refused = null, string path = Path, RequestCompression compression = default, HttpMessageHandler? handler = null)
    {
        var tally = new SendTally(refused);
        using var target = new IngestTarget(server, path, key, compression, TimeSpan.FromMinutes(5), handler ?? IngestTarget.NewHandler(2), tally, TimeProvider.System);
        var reader = new InputReader(new MemoryStream(Encoding.UTF8.GetBytes(input)), new InputLimits(1000, 1024 * 1024, TimeSpan.FromMilliseconds(200)), TimeProvider.System);
        return (await new EventPump(reader, target, connections: 2, eventsPerSecond: null, TimeProvider.System).RunAsync(default), tally);
    }

    /// <summary>Sends what it is given, and loses the first answers.</summary>
    private sealed class LossyHandler(int lose) : DelegatingHandler(IngestTarget.NewHandler(2))
    {
        public List<string> Keys { get; } = [];

        public List<bool> WasRepeated { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Keys.Add(request.Headers.GetValues("Idempotency-Key").Single());
            var response = await base.SendAsync(request, cancellationToken);
            WasRepeated.Add(response.Headers.Contains("Idempotency-Replayed"));
            if (Keys.Count > lose) return response;
            response.Dispose();
            throw new HttpRequestException("the answer is lost", new IOException("connection reset"));
        }
    }
}
