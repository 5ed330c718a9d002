using System.IO.Compression;
using System.Net;
using System.Text;
using Webhook.Load.Events;
using Webhook.Load.Receiving;
using Webhook.Load.Running;

namespace Webhook.Load.Tests.Receiving;

public sealed class ReceiverTests : IAsyncLifetime, IDisposable
{
    private const string Run = "a1b2c3";

    private readonly HttpClient _forwarder = new();
    private ReceiverHost _host = null!;
    private ReceiverClient _receiver = null!;

    public async Task InitializeAsync()
    {
        _host = await ReceiverHost.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), 0);
        _receiver = new ReceiverClient(_host.Control);
        await _receiver.BeginAsync(Run, 2, poisonEvery: 10, CancellationToken.None);
        await _receiver.BeginPhaseAsync(Fault.None, CancellationToken.None);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    public void Dispose()
    {
        _forwarder.Dispose();
        _receiver.Dispose();
    }

    [Fact]
    public async Task A_forwarder_that_drops_repeats_and_reorders_is_caught()
    {
        // Acknowledged are 100 to 109, of one sender, to two integrations.
        var acknowledged = new EventBitmap();
        acknowledged.SetRange(100, 10);
        foreach (var number in (long[])[100, 101, 105, 102, 103, 103, 104, 106, 107, 108, 110]) await DeliverAsync(0, number);
        foreach (var number in Enumerable.Range(100, 10)) await DeliverAsync(1, number);

        var status = await _receiver.StatusAsync(CancellationToken.None);
        var verdict = await Oracle.JudgeAsync(acknowledged, 0, _receiver, 2, CancellationToken.None);

        // 109 never came to the first; 110 came without an acknowledgement; 102, 103 and 104 came after 105; 103 came twice.
        verdict.MissingByIntegration.ShouldBe([1, 0]);
        verdict.Unacknowledged.ShouldBe(1);
        status.Duplicates.ShouldBe(1);
        status.Reordered.ShouldBe(3);
        status.Distinct.ShouldBe(20);
    }

    [Fact]
    public async Task Events_of_different_senders_have_no_order()
    {
        await DeliverAsync(0, 5, sender: 1);
        await DeliverAsync(0, 4, sender: 2);

        (await _receiver.StatusAsync(CancellationToken.None)).Reordered.ShouldBe(0);
    }

    [Fact]
    public async Task Faults_answer_as_told_and_take_nothing()
    {
        await _receiver.BeginPhaseAsync(new Fault(Status: 503, Integrations: 1), CancellationToken.None);
        (await DeliverAsync(0, 1)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await DeliverAsync(1, 1)).ShouldBe(HttpStatusCode.OK);

        await _receiver.BeginPhaseAsync(new Fault(Refuse: true), CancellationToken.None);
        (await DeliverAsync(0, 20)).ShouldBe(HttpStatusCode.BadRequest);
        (await DeliverAsync(0, 21)).ShouldBe(HttpStatusCode.OK);

        await _receiver.BeginPhaseAsync(new Fault(Down: true), CancellationToken.None);
        await Should.ThrowAsync<HttpRequestException>(() => DeliverAsync(0, 2));

        await _receiver.BeginPhaseAsync(Fault.None, CancellationToken.None);
        (await DeliverAsync(0, 2)).ShouldBe(HttpStatusCode.OK);
        var status = await _receiver.StatusAsync(CancellationToken.None);
        (status.Distinct, status.Refused).ShouldBe((3, 2));
    }

    [Fact]
    public async Task Compressed_bodies_are_read_and_unknown_encodings_are_named()
    {
        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionMode.Compress, leaveOpen: true)) await gzip.WriteAsync(Body(7, 1));
        (await PostAsync(0, zipped.ToArray(), "gzip")).ShouldBe(HttpStatusCode.OK);
        (await PostAsync(0, [1, 2, 3], "zstd")).ShouldBe(HttpStatusCode.UnsupportedMediaType);

        var status = await _receiver.StatusAsync(CancellationToken.None);
        (status.Distinct, status.UnknownEncoding).ShouldBe((1, "zstd"));
    }

    [Fact]
    public async Task Latency_counts_from_the_due_time_in_the_phase_of_the_due_time()
    {
        var due = Clock.Micros;
        await _receiver.BeginPhaseAsync(Fault.None, CancellationToken.None);
        await PostAsync(0, Body(1, 1, due), null);
        await PostAsync(0, Body(2, 1, Clock.Micros - 1), null);

        var phases = await _receiver.LatenciesAsync(CancellationToken.None);
        phases.Select(phase => phase.TotalCount).ShouldBe([1, 1]);
        phases[0].GetValueAtPercentile(100).ShouldBeGreaterThan(phases[1].GetValueAtPercentile(100));
    }

    private Task<HttpStatusCode> DeliverAsync(int integration, long number, int sender = 1) => PostAsync(integration, Body(number, sender), null);

    private async Task<HttpStatusCode> PostAsync(int integration, byte[] body, string? encoding)
    {
        using var content = new ByteArrayContent(body);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        using var response = await _forwarder.PostAsync(new Uri($"{_host.Deliveries}/{integration}"), content);
        return response.StatusCode;
    }

    private static byte[] Body(long number, int sender, long? due = null) => Encoding.ASCII.GetBytes($"[{{\"id\":\"{EventTag.Format(Run, sender, number, due ?? Clock.Micros)}\"}}]");
}
