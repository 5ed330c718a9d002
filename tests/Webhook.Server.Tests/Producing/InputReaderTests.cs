using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Webhook.Server.Producing;
using Webhook.Testing;

namespace Webhook.Server.Tests.Producing;

public sealed class InputReaderTests
{
    private static readonly InputLimits Limits = new(1000, 8 * 1024 * 1024, TimeSpan.FromMilliseconds(200));

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":2}\n", "1 {\"a\":1}|2 {\"a\":2}")]
    [InlineData("{\"a\":1}\r\n\r\n  \n\t{\"a\":2} ", "1 {\"a\":1}|4 {\"a\":2}")]
    [InlineData("\uFEFF{\"a\":1}\nnot JSON\n7\n", "1 {\"a\":1}|2 not JSON|3 7")]
    [InlineData("not JSON\n{\"a\":2}", "1 not JSON|2 {\"a\":2}")]
    [InlineData("[{\"a\":1},{\"b\":[1,{}]}]", "1 {\"a\":1}|1 {\"b\":[1,{}]}")]
    [InlineData("\n[\n  {\"a\": 1,\n   \"b\": 2},\n  7\n]\n", "3 {\"a\": 1,    \"b\": 2}|5 7")]
    [InlineData("{\n  \"a\": 1\n}\n{\"b\":2}\n", "1 {   \"a\": 1 }|4 {\"b\":2}")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    [InlineData(" \n \n", "")]
    public async Task Read_AnyForm_IsCutIntoEventsWithTheirLines(string input, string expected) =>
        string.Join('|', await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(input)))).ShouldBe(expected);

    [Theory]
    [InlineData("[{\"a\":1},\n{\"b\":2}\n{\"c\":3}]", 2, "line 3: not valid JSON")]
    [InlineData("[{\"a\":1}] {\"b\":2}", 1, "line 1: not valid JSON")]
    [InlineData("[{\"a\":1},\n{\"b\":", 1, "line 2: not valid JSON")]
    [InlineData("{\n\"a\":1}\n{\n\"b\" 2}\n", 1, "line 4: not valid JSON")]
    public async Task Read_BrokenSyntax_GivesWhatStandsBeforeItAndNamesTheLine(string input, int before, string fault)
    {
        var read = new List<string>();
        var thrown = await Should.ThrowAsync<InputException>(() => ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(input)), read));
        thrown.Message.ShouldStartWith(fault);
        read.Count.ShouldBe(before);
    }

    /// <summary>However the input comes in pieces, and whichever of its forms it has.</summary>
    [Fact]
    public Task Read_InPieces_GivesTheSame() => Gen.Select(
            AnyJson.ObjectOf("a", "b", "timestamp").Array[1, 30], Gen.Int[1, 40], Gen.Int[0, 2])
        .SampleAsync(async sample =>
        {
            var (events, piece, form) = sample;
            var text = form switch { 0 => string.Join('\n', events), 1 => "[" + string.Join(",\n", events) + "]", _ => string.Join("\r\n\n", events) + "\n" };
            var read = await ReadAsync(new PiecewiseStream(Encoding.UTF8.GetBytes(text), piece));
            read.Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).ShouldBe(events);
        }, iter: 100);

    [Fact]
    public async Task Read_Batches_KeepBothLimits()
    {
        var line = new string('x', 99);
        var input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line + "\n", 100)));
        (await SizesAsync(new MemoryStream(input), Limits with { Events = 30 })).ShouldBe([30, 30, 30, 10]);
        (await SizesAsync(new MemoryStream(input), Limits with { Bytes = 2500 })).ShouldBe([25, 25, 25, 25]);
    }

    [Fact]
    public async Task Read_SlowPipe_DoesNotWaitForAFullBatch()
    {
        var pipe = new Pipe();
        var time = new FakeTimeProvider();
        await using var batches = new InputReader(pipe.Reader.AsStream(), Limits, time).ReadAsync(default).GetAsyncEnumerator();
        await pipe.Writer.WriteAsync("{\"a\":1}\n{\"a\":2}\n{\"half"u8.ToArray());
        var next = batches.MoveNextAsync().AsTask();
        await Until.HoldsAsync(
            () =>
            {
                time.Advance(Limits.Patience);
                return next.IsCompleted;
            }, () => "no batch came");
        (await next).ShouldBeTrue();
        batches.Current.Count.ShouldBe(2);
        batches.Current.Dispose();
        await pipe.Writer.WriteAsync("\":3}"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        (await batches.MoveNextAsync()).ShouldBeTrue();
        Encoding.UTF8.GetString(batches.Current.EventAt(0)).ShouldBe("{\"half\":3}");
        batches.Current.LineOf(0).ShouldBe(3);
        batches.Current.Dispose();
        (await batches.MoveNextAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_ManyMegabytes_HoldsNoMoreThanAPieceOfThem(bool asArray)
    {
        const long Events = 300_000;
        using var input = new ManyEventsStream(asArray, Events);
        long events = 0, given = 0, most = 0;
        await foreach (var batch in new InputReader(input, Limits, TimeProvider.System).ReadAsync(default))
        {
            events += batch.Count;
            most = Math.Max(most, input.Given - given);
            given += batch.Length;
            batch.Dispose();
        }

        events.ShouldBe(Events);
        most.ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public async Task Read_AnEventThatNoServerTakes_EndsIt()
    {
        var content = new byte[InputReader.MaxEventBytes + (1024 * 1024)];
        content.AsSpan().Fill((byte)'x');
        (await Should.ThrowAsync<InputException>(() => ReadAsync(new MemoryStream(content)))).Message.ShouldBe("an event has more than 67108864 bytes, which no server takes");
    }

    private static async Task<List<string>> ReadAsync(Stream input, List<string>? into = null)
    {
        into ??= [];
        await foreach (var batch in new InputReader(input, Limits, TimeProvider.System).ReadAsync(default))
        {
            using (batch)
                into.AddRange(Enumerable.Range(0, batch.Count).Select(i => $"{batch.LineOf(i)} {Encoding.UTF8.GetString(batch.EventAt(i))}"));
        }

        return into;
    }

    private static async Task<List<int>> SizesAsync(Stream input, InputLimits limits)
    {
        List<int> sizes = [];
        await foreach (var batch in new InputReader(input, limits, TimeProvider.System).ReadAsync(default))
        {
            using (batch) sizes.Add(batch.Count);
        }

        return sizes;
    }
}
