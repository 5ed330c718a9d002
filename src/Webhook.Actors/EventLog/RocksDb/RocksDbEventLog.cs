using Microsoft.Extensions.Logging;
using RocksDbSharp;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>The event log of one node: whole blocks as values of an embedded RocksDB, every append synced, one partition.</summary>
/// <remarks>
/// One thread writes (<see cref="StoreThread"/>); readers share the open store and are held off only while a store that stopped writing is opened anew.
/// <see cref="_extent"/> is replaced by the writing thread or under <see cref="_holes"/>, always as a whole, and read by anyone.
/// </remarks>
internal sealed class RocksDbEventLog : IEventLog, ICursorStore
{
    internal const string WitnessFile = "head";

    private readonly ILogger _logger;
    private readonly long _minFreeDiskBytes;
    private readonly StoreFiles _files;
    private readonly StoreOpening _opening;
    private readonly HeadWitness _witness;
    private readonly BlockRuns _runs;
    private readonly CursorTable _cursors = new();
    private readonly MarkTable _marks = new();
    private readonly IdempotencyTable _idempotency = new();
    private readonly WriteBatch _batch = new();
    private readonly StoreAccess _access;
    private readonly StoreWriter _writer;
    private readonly LossReport _losses;
    private readonly Lock _holes = new();
    private volatile PartitionExtent _extent = null!;
    private bool _unsynced;
    private int _disposed;

    private RocksDbEventLog(EventLogOptions options, TimeProvider time, WebhookMetrics metrics, ILogger<RocksDbEventLog> logger, DbOptions store)
    {
        _logger = logger;
        _minFreeDiskBytes = options.MinFreeDiskBytes;
        _files = new StoreFiles(options.Path);
        _losses = new LossReport(0, time, metrics, logger);
        _runs = new BlockRuns(time);
        _access = new StoreAccess(options.Path, _runs);
        _writer = new StoreWriter(_files, options.MinFreeDiskBytes, _access, ReplaceStore);
        DeadLetters = new RocksDbDeadLetters(_writer, _losses);
        Attempts = new RocksDbAttempts(_writer, time);
        _opening = new StoreOpening(_files, store, options.MemtableBytes, _runs, _cursors, _marks, _idempotency, [DeadLetters.Table, Attempts], time);
        _files.Create();
        _witness = HeadWitness.Open(Path.Combine(options.Path, WitnessFile));
    }

    public int Partitions => 1;

    public IReadOnlyCollection<LogFault> Faults => _losses.Faults;

    /// <summary>Everything that is known to be lost of what is kept, whenever that was found.</summary>
    public IReadOnlyList<Hole> Holes => _extent.Holes;

    public bool IsShortOfSpace => _minFreeDiskBytes > 0 && _files.FreeBytes() < 2 * _minFreeDiskBytes;

    /// <summary>In the same store.</summary>
    public RocksDbDeadLetters DeadLetters { get; }

    /// <inheritdoc cref="DeadLetters"/>
    public RocksDbAttempts Attempts { get; }

    /// <summary>Opens the log in whatever state its files are; what was lost is in <see cref="Faults"/>, in the log output and in the metric of lost events.</summary>
    /// <exception cref="EventLogException">Another process uses it, the disk is full, or the folder cannot be written.</exception>
    /// <param name="store">Settings of the database, if it is to be watched by its statistics; by default <see cref="RocksDbStore.Options"/>.</param>
    public static RocksDbEventLog Open(
        EventLogOptions options, TimeProvider time, WebhookMetrics metrics, ILogger<RocksDbEventLog> logger, DbOptions? store = null)
    {
        var log = new RocksDbEventLog(options, time, metrics, logger, store ?? RocksDbStore.Options(options.MemtableBytes));
        try
        {
            log.ReplaceStore();
            return log;
        }
        catch
        {
            log._witness.Dispose();
            throw;
        }
    }

    public LogBounds Bounds(int partition) => _extent.Bounds();

    public ValueTask AppendAsync(
        int partition, EventBlock block, IReadOnlyList<IdempotencyRecord> idempotency, IReadOnlyList<InputMark> marks, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new ValueTask(_writer.RunAsync(store => Append(store, block, idempotency, marks)));
    }

    public ValueTask<EventBlock?> ReadAsync(int partition, long fromSequence, CancellationToken cancellation) =>
        fromSequence >= _extent.Bounds().Head ? ValueTask.FromResult<EventBlock?>(null) : new(_access.ReadAsync(fromSequence, Read, cancellation));

    public ValueTask TrimAsync(int partition, long beforeSequence, CancellationToken cancellation) =>
        new(_writer.RunAsync(store => Trim(store, beforeSequence)));

    public ValueTask<IdempotencyRecord?> FindAsync(IdempotencyKey key, CancellationToken cancellation) =>
        ValueTask.FromResult(_access.Read(key, static (store, k) => IdempotencyTable.Find(store, k)));

    public ValueTask<InputMark?> FindMarkAsync(string input, CancellationToken cancellation) => ValueTask.FromResult(_marks.Find(input));

    public ValueTask SaveMarkAsync(InputMark mark, CancellationToken cancellation) => new(_writer.RunAsync(store =>
    {
        _batch.Clear();
        _marks.Put(store, _batch, mark);
        WritePrepared(store, sync: false);
        _marks.Written([mark]);
    }));

    public ValueTask<IReadOnlyList<InputMark>> ListMarksAsync(CancellationToken cancellation) => ValueTask.FromResult(_marks.All());

    public ValueTask ExpireIdempotencyAsync(DateTimeOffset olderThan, int keepAtMost, CancellationToken cancellation) =>
        new(_writer.RunAsync(store => _idempotency.Expire(store, olderThan, keepAtMost)));

    public ValueTask<Cursor?> LoadAsync(CursorKey key, CancellationToken cancellation) => ValueTask.FromResult(_cursors.Find(key));

    public ValueTask SaveAsync(CursorKey key, Cursor cursor, CancellationToken cancellation)
    {
        // The answer does not wait for this write: a failure leaves the cursor unwritten, for the next append or trim.
        if (_cursors.Set(key, cursor)) _ = _writer.RunAsync(store => WriteCursors(store, sync: false));
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveDurablyAsync(CursorKey key, Cursor cursor, CancellationToken cancellation)
    {
        // An append that stands before it in the queue takes the cursor along, and nothing is left to do.
        _cursors.Set(key, cursor);
        return new ValueTask(_writer.RunAsync(store =>
        {
            WriteCursors(store, sync: true);
            SyncWritten(store);
        }));
    }

    public ValueTask DeleteAsync(CursorKey key, CancellationToken cancellation) => new(_writer.RunAsync(store =>
    {
        _cursors.Remove(key);
        Span<byte> buffer = stackalloc byte[StoreKeys.LongCursorSize];
        _batch.Clear();
        _batch.Delete(StoreKeys.WriteCursor(buffer, key), store.Cursors);
        _cursors.PutCopy(store, _batch);
        WritePrepared(store, sync: true);
    }));

    public ValueTask<IReadOnlyDictionary<CursorKey, long>> ListAsync(CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyDictionary<CursorKey, long>>(_cursors.Sequences());

    /// <summary>What was asked for before is still written, cursors too; then the store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows the log as IEventLog, ICursorStore and itself disposes it three times.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        try
        {
            await _writer.RunAsync(store => WriteCursors(store, sync: true)).ConfigureAwait(false);
        }
        catch (EventLogException e)
        {
            _logger.LogWarning(e, "The cursors could not be saved at the end; the events after them will be delivered again");
        }

        await _writer.DisposeAsync().ConfigureAwait(false);
        _access.Dispose();
        _witness.Dispose();
        _batch.Dispose();
    }

    private void Append(RocksDbStore store, EventBlock block, IReadOnlyList<IdempotencyRecord> idempotency, IReadOnlyList<InputMark> marks)
    {
        var extent = _extent;
        if (block.BlockSequence != extent.NextBlock)
            throw new EventLogException($"The log was opened anew after a failed write; its next block is {extent.NextBlock}, not {block.BlockSequence}. Send the events again.");
        if (block.BlockSequence >= EventBlock.BlockOf(long.MaxValue))
            throw new EventLogException($"The log has used all of its {EventBlock.BlockOf(long.MaxValue):N0} block numbers and takes no more events. Deliver what is in it, then begin a new log in another folder.");
        if (_minFreeDiskBytes > 0 && _files.FreeBytes() is var free && free < _minFreeDiskBytes)
            throw new EventLogException($"The log's disk has {free:N0} bytes free, less than the {_minFreeDiskBytes:N0} that it keeps free. Free some, or lower {EventLogOptions.SectionName}:MinFreeDiskBytes.");

        Span<byte> key = stackalloc byte[StoreKeys.BlockSize];
        StoreKeys.WriteBlock(key, 0, block.BlockSequence);
        _batch.Clear();
        _batch.Put(key, block.Memory, store.Blocks);
        foreach (var record in idempotency) IdempotencyTable.Put(store, _batch, record);
        foreach (var mark in marks) _marks.Put(store, _batch, mark);
        WritePrepared(store, sync: true);
        _marks.Written(marks);

        _idempotency.Added(idempotency.Count);
        lock (_holes) _extent = _extent.Append(block);
        _witness.Update(_extent.Mark());
        _runs.Expire();
    }

    private void Trim(RocksDbStore store, long beforeSequence)
    {
        lock (_holes)
        {
            var extent = _extent;
            var first = FirstKept(store, extent, beforeSequence);
            var trimmed = extent.TrimTo(first);
            if (trimmed.Trim.Block > extent.Trim.Block)
            {
                Span<byte> key = stackalloc byte[StoreKeys.TrimSize];
                Span<byte> value = stackalloc byte[TrimMark.Size];
                StoreKeys.WriteTrim(key, 0);
                trimmed.Trim.Write(value);
                _batch.Clear();
                _batch.Put(key, value, store.Meta);
                _cursors.PutCopy(store, _batch);
                foreach (var hole in extent.Holes.Except(trimmed.Holes)) DeleteHole(store, hole);
                WritePrepared(store, sync: true);
                _extent = trimmed;
                _witness.Update(trimmed.Mark());
            }
            else
            {
                WriteCursors(store, sync: false);
                SyncWritten(store);
            }
        }

        // Also when the mark did not move: what was in memory at the last trim may be in a table now, and a crash may have come between mark and drop.
        if (_extent.Trim.Block > 1) store.DropTablesBefore(0, _extent.Trim.Block);
        _runs.Expire();
    }

    /// <summary>The first block that holds anything at or after the sequence, so that nothing before it is needed; null when that is all.</summary>
    private BlockPlace? FirstKept(RocksDbStore store, PartitionExtent extent, long beforeSequence)
    {
        if (extent.First is not { } first || beforeSequence <= EventBlock.ToSequence(first.Block, 0)) return extent.First;
        for (long? block = EventBlock.BlockOf(beforeSequence); block < extent.NextBlock; block++)
        {
            if (extent.HoleAt(block.Value) is { } hole) block = hole.LastBlock;
            else if (StoredBlocks.TryPlace(store, _runs, 0, block.Value) is { } place
                && EventBlock.ToSequence(place.Block, (int)(place.EventsAfter - place.EventsBefore)) > beforeSequence) return place;
        }

        return null;
    }

    private EventBlock? Read(RocksDbStore store, long from)
    {
        var extent = _extent;
        var block = Math.Max(EventBlock.BlockOf(from), extent.First?.Block ?? extent.NextBlock);
        for (; block < extent.NextBlock; block++)
        {
            if (extent.HoleAt(block) is { } hole)
            {
                block = hole.LastBlock;
                continue;
            }

            if (StoredBlocks.TryRead(store, _runs, 0, block) is not { } read)
            {
                extent = FoundHole(store, block);
                block--;
                continue;
            }

            if (read.LastSequence >= from) return read;
            read.Release();
        }

        return null;
    }

    /// <summary>A block that should be there is not: finds how far the damage goes, and tells.</summary>
    private PartitionExtent FoundHole(RocksDbStore store, long block)
    {
        lock (_holes)
        {
            var extent = _extent;
            if (extent.HoleAt(block) is not null || extent.Trim.Block > block) return extent;
            var first = block;
            BlockPlace? before;
            while ((before = Place(first - 1)) is null && first > extent.Trim.Block && extent.HoleAt(first - 1) is null) first--;
            var next = block + 1;
            BlockPlace? after = null;
            while (next < extent.NextBlock && extent.HoleAt(next) is null && (after = Place(next)) is null)
                next = Math.Max(next + 1, StoredBlocks.Seek(store, 0, next) ?? extent.NextBlock);
            var (eventsStart, bytesStart) = first == extent.Trim.Block ? (extent.Trim.EventsBefore, extent.Trim.BytesBefore) : (before?.EventsAfter, before?.BytesAfter);
            var (eventsEnd, bytesEnd) = next >= extent.NextBlock ? (extent.EventsEver, extent.BytesEver) : (after?.EventsBefore, after?.BytesBefore);
            var hole = new Hole(first, next - 1, eventsEnd - eventsStart, bytesEnd - bytesStart);
            _extent = extent.WithHole(hole);
            _losses.Lost(hole, $"blocks are damaged or missing: {StoredBlocks.WhyUnreadable(store, 0, block)}");
            _ = _writer.RunAsync(s => WriteHoles(s, [hole]));
            return _extent;
        }

        BlockPlace? Place(long at) => StoredBlocks.TryPlace(store, _runs, 0, at);
    }

    private void ReplaceStore() => _access.Replace(() =>
    {
        var opened = _opening.Open(_witness.Mark);
        _extent = opened.Extent;
        var reason = string.Join("; ", opened.Remarks);
        if (reason.Length > 0 && opened.Lost.Count == 0) _losses.Damaged(reason, 0);
        if (_witness.Damaged) _losses.Damaged($"the file {WitnessFile} is damaged, so nobody can tell whether acknowledged events are missing at the end of the log", null);
        foreach (var hole in opened.Lost) _losses.Lost(hole, reason.Length > 0 ? reason : "a write-ahead log, or a table that no manifest names, is damaged or missing");
        if (opened.Lost.Count > 0) WriteHoles(opened.Store, opened.Lost);
        DeadLetters.Table.TellLosses(opened.Store);
        _witness.Update(_extent.Mark());
        if (_extent.Trim.Block > 1) opened.Store.DropTablesBefore(0, _extent.Trim.Block);
        return opened.Store;
    });

    private void WriteHoles(RocksDbStore store, IReadOnlyList<Hole> holes)
    {
        Span<byte> key = stackalloc byte[StoreKeys.HoleSize];
        Span<byte> value = stackalloc byte[Hole.Size];
        _batch.Clear();
        foreach (var hole in holes)
        {
            StoreKeys.WriteHole(key, 0, hole.FirstBlock);
            hole.Write(value);
            _batch.Put(key, value, store.Meta);
        }

        store.Write(_batch, sync: true);
    }

    private void DeleteHole(RocksDbStore store, Hole hole)
    {
        Span<byte> key = stackalloc byte[StoreKeys.HoleSize];
        StoreKeys.WriteHole(key, 0, hole.FirstBlock);
        _batch.Delete(key, store.Meta);
    }

    private void WriteCursors(RocksDbStore store, bool sync)
    {
        _batch.Clear();
        WritePrepared(store, sync);
    }

    private void SyncWritten(RocksDbStore store)
    {
        if (_unsynced) store.Sync();
        _unsynced = false;
    }

    /// <summary>Writes the batch, and with it every cursor that waits to be.</summary>
    private void WritePrepared(RocksDbStore store, bool sync)
    {
        var cursors = _cursors.PutUnwritten(store, _batch);
        if (_batch.Count() == 0) return;
        store.Write(_batch, sync);
        _unsynced = !sync;
        _cursors.Written(cursors);
    }
}
