using System.Net;

namespace Webhook.Actors.Sending;

/// <summary>A body as it goes over the wire, which tells when it goes and when it is gone.</summary>
internal sealed class BatchContent(ArraySegment<byte> bytes, StageTrace trace) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        trace.Go("request");
        await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        trace.Go("status");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Count;
        return true;
    }
}
