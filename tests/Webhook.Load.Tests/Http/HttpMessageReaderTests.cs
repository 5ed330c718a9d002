using System.Text;
using Webhook.Load.Http;

namespace Webhook.Load.Tests.Http;

public sealed class HttpMessageReaderTests
{
    [Fact]
    public async Task Messages_are_read_whole_one_after_the_other_however_they_are_cut_and_framed()
    {
        var large = new string('x', 200_000);
        var text = $"POST /hook/3 HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 5\r\n\r\nhello" +
                   $"POST /hook HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n{large.Length:x};ext=1\r\n{large}\r\n0\r\nTrailer: 1\r\n\r\n" +
                   "POST /hook/12 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        foreach (var size in (int[])[1, 7, 100_000, int.MaxValue])
        {
            var reader = new HttpMessageReader(new Dribble(Encoding.ASCII.GetBytes(text), size));

            var first = (await reader.ReadHeadAsync(CancellationToken.None))!.Value;
            first.Integration.ShouldBe(3);
            Encoding.ASCII.GetString((await reader.ReadBodyAsync(first, CancellationToken.None)).Span).ShouldBe("hello");

            var second = (await reader.ReadHeadAsync(CancellationToken.None))!.Value;
            (second.IsChunked, second.Integration).ShouldBe((true, 0));
            Encoding.ASCII.GetString((await reader.ReadBodyAsync(second, CancellationToken.None)).Span).ShouldBe("abc" + large);

            var third = (await reader.ReadHeadAsync(CancellationToken.None))!.Value;
            (third.ExpectsContinue, third.Encoding, third.IsLast, third.Integration).ShouldBe((true, "gzip", true, 12));
            (await reader.ReadBodyAsync(third, CancellationToken.None)).Length.ShouldBe(0);
            (await reader.ReadHeadAsync(CancellationToken.None)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_message_that_is_cut_off_is_an_error_not_a_short_body()
    {
        var reader = new HttpMessageReader(new MemoryStream("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"u8.ToArray()));
        var head = (await reader.ReadHeadAsync(CancellationToken.None))!.Value;

        head.Status.ShouldBe(200);
        await Should.ThrowAsync<EndOfStreamException>(async () => await reader.ReadBodyAsync(head, CancellationToken.None));
    }

    /// <summary>Gives at most so many bytes a read.</summary>
    private sealed class Dribble(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }
}
