using System.Text;
using System.Text.Json;
using CsCheck;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Tests.Sending;
using static Webhook.Actors.Tests.Delivery.TestEvents;

namespace Webhook.Actors.Tests.Delivery;

public class BatchBuilderTests
{
    [Fact]
    public void Close_JsonAndNdjson_FrameTheEventsAsSpecified()
    {
        var block = Block(3, (Policies, Json(1)), (Policies, Json(2)));

        Cut(block, Settings(PayloadFormat.Json)).Select(Body).ShouldBe(
            ["""[{"timestamp":1685022245478445995,"n":1},{"timestamp":1685022245478445995,"n":2}]"""]);
        Cut(block, Settings(PayloadFormat.Ndjson)).Select(Body).ShouldBe(
            ["{\"timestamp\":1685022245478445995,\"n\":1}\n{\"timestamp\":1685022245478445995,\"n\":2}\n"]);
    }

    [Theory]
    [InlineData(TimestampResolution.Seconds, "1685022245")]
    [InlineData(TimestampResolution.Milliseconds, "1685022245478")]
    [InlineData(TimestampResolution.Microseconds, "1685022245478445")]
    [InlineData(TimestampResolution.Nanoseconds, "1685022245478445995")]
    public void Close_TimestampResolution_IsSpliced(TimestampResolution resolution, string expected) =>
        Cut(Block(3, (Policies, Json(1))), Settings(PayloadFormat.Json) with { TimestampResolution = resolution }).Select(Body)
            .ShouldBe([$$"""[{"timestamp":{{expected}},"n":1}]"""]);

    [Fact]
    public void Close_Batch_NamesItsEventsAndWhatItCovers()
    {
        var block = Block(3, (Audit, "{}"), (Policies, Json(1)), (Audit, "{}"), (Policies, Json(2)), (Audit, "{}"));

        var batch = Cut(block, Settings(PayloadFormat.Json)).Single();

        batch.Events.ShouldBe(2);
        batch.FirstSequence.ShouldBe(EventBlock.ToSequence(3, 1));
        batch.LastSequence.ShouldBe(EventBlock.ToSequence(3, 3));
        batch.Id.ShouldBe($"msg_7-0-{batch.FirstSequence}-{batch.LastSequence}");
        batch.Covers.ShouldBe(new SequenceRange(EventBlock.ToSequence(3, 0), EventBlock.ToSequence(4, 0)));
        batch.StoredAtNanoseconds.ShouldBe(3_000_000_000);
    }

    [Fact]
    public void Close_SeveralBatchesOfABlock_EachKnowsHowManyEventsTheLogHasBeforeIt()
    {
        var blocks = new[] { Block(3, (Policies, Json(1)), (Policies, Json(2)), (Audit, "{}"), (Policies, Json(3))), Block(4, (Policies, Json(4))) };

        Cut(blocks, Settings(PayloadFormat.Json, events: 1)).Select(batch => batch.EventsBefore)
            .ShouldBe([0, 1, 2, 0], "of the last one what its own block says");
    }

    [Fact]
    public void Add_OnlyUnwantedEvents_PassWithoutABody()
    {
        var batch = Cut(Block(3, (Audit, "{}"), (Audit, "{}")), Settings(PayloadFormat.Json)).Single();

        (batch.Events, batch.Length, batch.Covers).ShouldBe((0, 0, new SequenceRange(EventBlock.ToSequence(3, 0), EventBlock.ToSequence(4, 0))));
    }

    [Theory]
    [InlineData(PayloadFormat.Json)]
    [InlineData(PayloadFormat.Ndjson)]
    public void Add_BodyOfExactlyTheLimit_FitsAndOneByteLessDoesNot(PayloadFormat format)
    {
        var block = Block(3, Enumerable.Range(0, 10).Select(_ => (Policies, "{\"timestamp\":1685022245478445995,\"a\":\"" + new string('x', 400) + "\"}")).ToArray());
        var whole = Cut(block, Settings(format, bytes: 100_000)).Single().Length;

        Cut(block, Settings(format, bytes: whole)).Count.ShouldBe(1);
        Cut(block, Settings(format, bytes: whole - 1)).Select(b => b.Events).ShouldBe([9, 1]);
    }

    [Fact]
    public void Add_PrettyPrintedEvent_IsOneLineOfNdjson() =>
        Cut(Block(3, (Policies, "{\r\n  \"a\": \"\\n\"\n}")), Settings(PayloadFormat.Ndjson)).Select(Body)
            .ShouldBe(["{\"timestamp\":1000000000,    \"a\": \"\\n\" }\n"]);

    [Fact]
    public void Batches_AnyEventsAndLimits_AreTheWantedEventsInOrderWithinTheLimits()
    {
        var json = Gen.Select(Gen.Int[0, 3000], Gen.Bool, Gen.Bool, static (size, isPretty, hasTimestamp) =>
            "{" + (isPretty ? "\n  " : "") + (hasTimestamp ? "\"timestamp\":1685022245478445995," : "") + "\"x\":\"" + new string('é', size / 2) + "\"}");
        var events = Gen.Select(Gen.Int[0, 2].Select(static i => new[] { Policies, Audit, "OTHER" }[i]), json).Array[1, 12];
        Gen.Select(events.Array[1, 5], Gen.Int[1, 8], Gen.Int[1000, 9000], Gen.Enum<PayloadFormat>(), Gen.Enum<TimestampResolution>()).Sample(
            (blocks, maxEvents, maxBytes, format, resolution) =>
            {
                var settings = Settings(format, maxEvents, maxBytes) with { TimestampResolution = resolution, Channels = [Policies, "OTHER"] };
                var built = blocks.Select((b, i) => Block(i + 1, b)).ToArray();
                var batches = Cut(built, settings);

                var wanted = blocks.SelectMany(b => b).Where(e => e.Item1 != Audit).ToList();
                batches.SelectMany(b => Events(Body(b), format)).ShouldBe(wanted.Select(e => Spliced(e.Item2, resolution, format)));
                batches.Sum(b => b.Events).ShouldBe(wanted.Count);
                var at = EventBlock.ToSequence(1, 0);
                foreach (var batch in batches)
                {
                    batch.Events.ShouldBeLessThanOrEqualTo(maxEvents);
                    if (batch.Events > 1) batch.Length.ShouldBeLessThanOrEqualTo(maxBytes);
                    batch.Covers.From.ShouldBe(at);
                    at = batch.Covers.To;
                    if (format == PayloadFormat.Json && batch.Events > 0) JsonDocument.Parse(Body(batch)).RootElement.GetArrayLength().ShouldBe(batch.Events);
                    if (format == PayloadFormat.Ndjson) Body(batch).Count(c => c == '\n').ShouldBe(batch.Events);
                }

                at.ShouldBe(EventBlock.ToSequence(blocks.Length + 1, 0));
            }, iter: 300);
    }

    [Fact]
    public void Close_SteadyState_RentsOnceABatchAndNothingAnEvent()
    {
        var block = Block(3, Enumerable.Range(0, 1000).Select(i => (Policies, Json(i))).ToArray());
        var builder = new BatchBuilder(Examples.Lane, Settings(PayloadFormat.Json, 1000, 1_000_000), Cursor.At(block.FirstSequence));
        void CutOne()
        {
            builder.Add(Whole(block));
            builder.Close().Dispose();
        }

        CutOne();
        CutOne();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) CutOne();

        ((GC.GetAllocatedBytesForCurrentThread() - before) / 10).ShouldBeLessThan(500);
    }

    /// <summary>After a crash at any moment: what was cut is cut again to the letter, under other limits and channels too, and what follows it is neither lost nor doubled.</summary>
    [Fact]
    public void Add_AfterARestart_CutsWhatWasCutBeforeUnderTheSameIdentity() =>
        Gen.Select(Gen.Int[0, 40].List[1, 8], Gen.Int[1, 12], Gen.Int[1, 12], Gen.Int[0, 1 << 20]).Sample((sizes, before, after, seed) =>
        {
            var random = new Random(seed);
            var blocks = sizes.Select((size, i) => Block(i + 1, Enumerable.Range(0, size + 1).Select(n => (random.Next(3) == 0 ? Audit : Policies, Json((i * 100) + n))).ToArray())).ToArray();
            var first = Cut(blocks, Settings(PayloadFormat.Json, before));
            var (from, to) = (random.Next(first.Count), random.Next(first.Count));
            if (from > to) (from, to) = (to, from);
            var known = first.GetRange(from, to - from);
            var finished = known.Select(_ => random.Next(3) == 0).ToList();
            var cursor = new Cursor(first[from].Covers.From, [.. known.Select((b, i) => new Cut(b.Covers.To, b.FirstSequence, b.LastSequence, [.. b.Channels], finished[i]))]);

            var again = Cut(blocks, Settings(PayloadFormat.Json, after) with { Channels = [Policies, Audit] }, cursor);

            again.Take(known.Count).Select(b => b.Covers).ShouldBe(known.Select(b => b.Covers));
            for (var i = 0; i < known.Count; i++)
            {
                if (finished[i]) again[i].Events.ShouldBe(0);
                else (again[i].Id, Body(again[i])).ShouldBe((known[i].Id, Body(known[i])));
            }

            var rest = again.Skip(known.Count).ToList();
            var all = blocks.SelectMany(b => Enumerable.Range(0, b.Count).Select(n => (Sequence: EventBlock.ToSequence(b.BlockSequence, n), Json: Encoding.UTF8.GetString(b.Event(n)))));
            rest.SelectMany(b => Events(Body(b), PayloadFormat.Json)).ShouldBe(all.Where(e => e.Sequence >= cursor.End).Select(e => e.Json));
        }, iter: 300);

    private static IntegrationSettings Settings(PayloadFormat format, int events = 1000, int bytes = 1_000_000) => Examples.Settings() with
    {
        Output = format,
        Delivery = new DeliverySettings { MaxBatchEvents = events, MaxBatchBytes = bytes },
    };

    private static List<Batch> Cut(EventBlock block, IntegrationSettings settings) => Cut([block], settings);

    private static List<Batch> Cut(EventBlock[] blocks, IntegrationSettings settings, Cursor? from = null)
    {
        var start = from ?? Cursor.At(blocks[0].FirstSequence);
        var builder = new BatchBuilder(Examples.Lane, settings, start);
        var batches = new List<Batch>();
        foreach (var run in blocks.Where(b => b.LastSequence >= start.Sequence).Select(b => new EventRun(b, IndexIn(b), b.Count)))
        {
            while (!run.IsExhausted)
            {
                builder.Add(run);
                if (builder.Full is not null) batches.Add(builder.Close());
            }
        }

        if (builder.HasPassed) batches.Add(builder.Close());
        return batches;

        int IndexIn(EventBlock block) => EventBlock.BlockOf(start.Sequence) == block.BlockSequence ? EventBlock.IndexOf(start.Sequence) : 0;
    }

    private static string Body(Batch batch) => Encoding.UTF8.GetString(batch.Body);

    private static IEnumerable<string> Events(string body, PayloadFormat format) => body.Length == 0 ? [] : format == PayloadFormat.Ndjson
        ? body[..^1].Split('\n')
        : JsonDocument.Parse(body).RootElement.EnumerateArray().Select(e => e.GetRawText());

    private static string Spliced(string json, TimestampResolution resolution, PayloadFormat format)
    {
        var block = Block(1, (Policies, json));
        var room = new byte[Encoding.UTF8.GetByteCount(json) + TimestampText.MaxGrowth];
        var text = Encoding.UTF8.GetString(room, 0, TimestampText.Write(block.Event(0), block.Entries[0], resolution, room));
        return format == PayloadFormat.Ndjson ? text.Replace('\n', ' ') : text;
    }
}
