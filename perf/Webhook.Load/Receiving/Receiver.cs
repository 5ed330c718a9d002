using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Webhook.Load.Events;
using Webhook.Load.Http;

namespace Webhook.Load.Receiving;

/// <summary>
/// The webhook that the forwarder under test delivers to: takes everything, counts exactly, and fails as it is told to. HTTP is read over raw sockets, so that it does not become what is measured.
/// </summary>
internal sealed class Receiver : IDisposable
{
    private static readonly byte[] Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private readonly DeliveryServer _server;
    private readonly ConcurrentDictionary<int, byte[]> _answers = new();
    private volatile ReceivingRun _run = new(EventTag.NewRun(), 0, 0);
    private volatile Fault _fault = Fault.None;
    private volatile string? _unknownEncoding;

    public Receiver(IPEndPoint address) => _server = new DeliveryServer(address, ServeAsync);

    public IPEndPoint Address => _server.Address;

    public ReceivingRun Run => _run;

    /// <summary>A content encoding that could not be read and was answered with 415.</summary>
    public string? UnknownEncoding => _unknownEncoding;

    public void Begin(string run, int integrations, int poisonEvery)
    {
        Apply(Fault.None);
        _run = new ReceivingRun(run, integrations, poisonEvery);
    }

    public void Apply(Fault fault)
    {
        _fault = fault;
        if (fault.Down) _server.Stop();
        else _server.Start();
    }

    public void Dispose() => _server.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        var reader = new HttpMessageReader(stream);
        var scan = new EventScan();
        while (await reader.ReadHeadAsync(CancellationToken.None) is { } head)
        {
            if (head.ExpectsContinue) await stream.WriteAsync(Continue);
            var body = await reader.ReadBodyAsync(head, CancellationToken.None);
            var status = await TakeAsync(head, body, scan);
            await stream.WriteAsync(status == 200 ? Ok : _answers.GetOrAdd(status, Answer));
            if (head.IsLast) return;
        }
    }

    /// <returns>The status to answer.</returns>
    private async ValueTask<int> TakeAsync(HttpHead head, ReadOnlyMemory<byte> sent, EventScan scan)
    {
        var run = _run;
        var fault = _fault.AppliesTo(head.Integration) ? _fault : Fault.None;
        var isStruck = fault.Share >= 1 || Random.Shared.NextDouble() < fault.Share;
        if (fault.DelayMs > 0 && isStruck) await Task.Delay(fault.DelayMs);
        if (fault.Status > 0 && isStruck) return Refused(fault.Status);
        if (ContentDecoder.Decode(head.Encoding, sent) is not { } body)
        {
            _unknownEncoding = head.Encoding;
            return Refused(415);
        }

        scan.Read(body.Span, run.Prefix);
        if (fault.Refuse && run.HasPoison(scan)) return Refused(400);
        run.Take(head.Integration, scan);
        return 200;

        int Refused(int status)
        {
            run.Refuse();
            return status;
        }
    }

    private static byte[] Answer(int status) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Fault\r\nContent-Length: 0\r\n\r\n"));
}
