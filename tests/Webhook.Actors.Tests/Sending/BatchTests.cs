using System.Text;
using System.Text.Json;
using CsCheck;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class BatchTests
{
    [Theory]
    [InlineData("[{\"a\":1},{\"b\":2},{\"c\":3}]", 0, 1, "[{\"a\":1}]", 100, 101)]
    [InlineData("[{\"a\":1},{\"b\":2},{\"c\":3}]", 1, 2, "[{\"b\":2},{\"c\":3}]", 101, 103)]
    [InlineData("[{\"a\":1},{\"b\":2},{\"c\":3}]", 0, 3, "[{\"a\":1},{\"b\":2},{\"c\":3}]", 100, 103)]
    [InlineData("{\"a\":1}\n{\"b\":2}\n", 0, 1, "{\"a\":1}\n", 100, 101)]
    [InlineData("{\"a\":1}\n{\"b\":2}\n", 1, 1, "{\"b\":2}\n", 101, 102)]
    public void Part_OfABody_IsABodyOfItsOwn(string body, int start, int count, string expected, long from, long to)
    {
        using var whole = Examples.Batch(body);

        using var part = whole.Part(start, count);

        Text(part).ShouldBe(expected);
        (part.Events, part.Covers).ShouldBe((count, new SequenceRange(from, to)));
        part.Id.ShouldBe($"msg_7-0-{from}-{to - 1}");
    }

    [Fact]
    public void EventAt_AnyEvent_IsTheEventAlone()
    {
        using var json = Examples.Batch("[{\"a\":1},{},[2]]");
        using var lines = Examples.Batch("{\"a\":1}\n{}\n");

        Enumerable.Range(0, 3).Select(i => Encoding.UTF8.GetString(json.EventAt(i))).ShouldBe(["{\"a\":1}", "{}", "[2]"]);
        Enumerable.Range(0, 2).Select(i => Encoding.UTF8.GetString(lines.EventAt(i))).ShouldBe(["{\"a\":1}", "{}"]);
    }

    /// <summary>Divided until single events are left, in whatever way: nothing is lost, doubled or moved, and the stretches follow each other.</summary>
    [Fact]
    public void Part_DividedAgainAndAgain_IsTheWholeInOrder() => Gen.Select(Gen.Int[0, 1], Gen.Int[0, 9].List[1, 40], Gen.Int[1, 1000]).Sample((format, values, seed) =>
    {
        var events = values.Select((v, i) => $$"""{"n":{{i}},"x":"{{new string('y', v)}}"}""").ToList();
        var body = format == 0 ? "[" + string.Join(",", events) + "]" : string.Concat(events.Select(e => e + "\n"));
        var random = new Random(seed);
        var done = new List<Batch>();
        Divide(Examples.Batch(body));

        done.Select(b => Encoding.UTF8.GetString(b.EventAt(0))).ShouldBe(events);
        done.SelectMany(b => new[] { b.Covers.From, b.Covers.To }).ShouldBe(Enumerable.Range(100, events.Count).SelectMany(n => new[] { (long)n, n + 1 }));
        if (format == 0) done.ForEach(b => JsonDocument.Parse(Text(b)).RootElement.GetArrayLength().ShouldBe(1));

        void Divide(Batch batch)
        {
            if (batch.Events == 1)
            {
                done.Add(batch);
                return;
            }

            var at = random.Next(1, batch.Events);
            Divide(batch.Part(0, at));
            Divide(batch.Part(at, batch.Events - at));
        }
    });

    private static string Text(Batch batch) => Encoding.UTF8.GetString(batch.Body);
}
