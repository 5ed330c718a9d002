using Akka.Event;
using CsCheck;
using Webhook.Actors.Delivery;
using Webhook.Actors.EventLog;
using Webhook.Actors.Sending;
using Webhook.Actors.Tests.Sending;

namespace Webhook.Actors.Tests.Delivery;

public class LaneLedgerTests
{
    private static readonly CursorKey Key = new(7, 0);

    private readonly KeptCursors _store = new();
    private int _moved;

    [Fact]
    public async Task OpenAsync_NewBatch_IsStoredDurablyBeforeItReturns()
    {
        var ledger = Ledger(Cursor.At(100));

        await ledger.OpenAsync(Batch(100, 3));

        _store.Durable.ShouldBe(1);
        Stored().ShouldBe("100 | 103");
    }

    [Fact]
    public async Task Finish_OutOfOrder_MovesTheCursorOverWhatHasNoGapBeforeIt()
    {
        var ledger = Ledger(Cursor.At(100));
        var batches = new[] { Batch(100, 1), Batch(101, 2), Batch(103, 1) };
        foreach (var batch in batches) await ledger.OpenAsync(batch);

        ledger.Finish(batches[1]);
        ledger.Cursor.ShouldBe(100);
        await ledger.SaveAsync(default);
        Stored().ShouldBe("100 | 101 103* 104");
        ledger.Finish(batches[0]);

        ledger.Cursor.ShouldBe(103);
        await ledger.SaveAsync(default);
        Stored().ShouldBe("103 | 104");
        _moved.ShouldBe(2);
    }

    [Fact]
    public async Task DivideAsync_Batch_IsReplacedByItsPartsDurably()
    {
        var ledger = Ledger(Cursor.At(100));
        var whole = Batch(100, 4);
        await ledger.OpenAsync(whole);
        await ledger.OpenAsync(Batch(104, 1));

        var parts = BatchDivision.Halves(whole);
        await ledger.DivideAsync(whole, parts);

        _store.Durable.ShouldBe(3);
        Stored().ShouldBe("100 | 102 104 105");
        ledger.Finish(parts[1].Batch);
        ledger.Finish(parts[0].Batch);
        ledger.Cursor.ShouldBe(104);
    }

    [Fact]
    public async Task OpenAsync_BatchThatResumes_IsKnownAlready()
    {
        var ledger = Ledger(new Cursor(100, [new Cut(102, 100, 101, ["a"], false), new Cut(105, 103, 104, ["a"], true)]));

        await ledger.OpenAsync(Batch(100, 2));

        _store.Durable.ShouldBe(0);
        ledger.Finish(Batch(100, 2));
        ledger.Cursor.ShouldBe(105);
    }

    [Fact]
    public async Task CloseAsync_LateWordsOfAbandonedDeliveries_AreNotHeard()
    {
        var ledger = Ledger(Cursor.At(100));
        var batch = Batch(100, 2);
        await ledger.OpenAsync(batch);
        await ledger.CloseAsync(default);

        ledger.Finish(batch);
        await ledger.SaveAsync(default);
        Should.Throw<OperationCanceledException>(() => ledger.DivideAsync(batch, BatchDivision.Halves(batch)).AsTask());

        Stored().ShouldBe("100 | 102");
    }

    [Fact]
    public async Task OpenAsync_DiskFull_LetsTheBatchGo()
    {
        _store.Fails = true;

        await Ledger(Cursor.At(100)).OpenAsync(Batch(100, 2));
    }

    /// <summary>Whatever order batches are opened, divided and finished in: what is stored covers everything from the cursor on, each stretch once, and restarting from it loses nothing.</summary>
    [Fact]
    public Task Stored_AnyOrder_IsWholeAndEndsAtTheEnd() => Gen.Select(Gen.Int[1, 20], Gen.Int[0, 1 << 20]).SampleAsync(async (count, seed) =>
    {
        var random = new Random(seed);
        var store = new KeptCursors();
        var ledger = Ledger(Cursor.At(0), store);
        var open = new List<Batch>();
        var next = 0L;
        for (var step = 0; step < 200; step++)
        {
            if (open.Count < count && random.Next(2) == 0)
            {
                var batch = Batch(next, random.Next(1, 9));
                await ledger.OpenAsync(batch);
                open.Add(batch);
                next = batch.Covers.To;
            }
            else if (open.Count > 0)
            {
                var at = random.Next(open.Count);
                var batch = open[at];
                open.RemoveAt(at);
                if (batch.Events > 1 && random.Next(2) == 0)
                {
                    var parts = BatchDivision.Halves(batch);
                    await ledger.DivideAsync(batch, parts);
                    open.AddRange(parts.Select(p => p.Batch));
                }
                else
                {
                    ledger.Finish(batch);
                }
            }

            await ledger.SaveAsync(default);
            var stored = store.Cursors[Key];
            stored.End.ShouldBe(next);
            var ends = stored.Cuts.Select(c => c.To).ToList();
            ends.ShouldBe(ends.Order());
            var unfinished = stored.Cuts.Select((c, i) => (From: i == 0 ? stored.Sequence : stored.Cuts[i - 1].To, c.To, c.IsFinished)).Where(c => !c.IsFinished);
            unfinished.Select(c => (c.From, c.To)).ShouldBe(open.Select(b => (b.Covers.From, b.Covers.To)).Order());
        }
    });

    private static Batch Batch(long first, int events) => Examples.Batch("[" + string.Join(",", Enumerable.Repeat("{}", events)) + "]", first);

    private string Stored()
    {
        var cursor = _store.Cursors[Key];
        return $"{cursor.Sequence} | {string.Join(' ', cursor.Cuts.Select(c => c.To + (c.IsFinished ? "*" : "")))}";
    }

    private LaneLedger Ledger(Cursor start, ICursorStore? store = null) =>
        new(Examples.Lane, 0, start, store ?? _store, null!, null!, () => _moved++, NoLogger.Instance);

    private sealed class KeptCursors : ICursorStore
    {
        public Dictionary<CursorKey, Cursor> Cursors { get; } = [];

        public int Durable { get; private set; }

        public bool Fails { get; set; }

        public ValueTask<Cursor?> LoadAsync(CursorKey key, CancellationToken cancellation) => ValueTask.FromResult(Cursors.GetValueOrDefault(key));

        public ValueTask SaveAsync(CursorKey key, Cursor cursor, CancellationToken cancellation)
        {
            Cursors[key] = cursor;
            return ValueTask.CompletedTask;
        }

        public ValueTask SaveDurablyAsync(CursorKey key, Cursor cursor, CancellationToken cancellation)
        {
            if (Fails) return ValueTask.FromException(new EventLogException("disk full"));
            Durable++;
            return SaveAsync(key, cursor, cancellation);
        }

        public ValueTask DeleteAsync(CursorKey key, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<CursorKey, long>> ListAsync(CancellationToken cancellation) => throw new NotSupportedException();
    }
}
