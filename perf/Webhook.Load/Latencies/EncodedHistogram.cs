using HdrHistogram;
using HdrHistogram.Utilities;

namespace Webhook.Load.Latencies;

/// <summary>Histograms in HdrHistogram's own format (V2, compressed), base64: its tools, in any language, can read them out of a result and add them up.</summary>
internal static class EncodedHistogram
{
    public static string Encode(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        var bytes = new byte[histogram.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (var i = 0; i < bytes.Length; i++) bytes[i] = buffer.Get();
        return Convert.ToBase64String(bytes);
    }

    public static LongHistogram Decode(string text) =>
        (LongHistogram)HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(text)), 0);
}
