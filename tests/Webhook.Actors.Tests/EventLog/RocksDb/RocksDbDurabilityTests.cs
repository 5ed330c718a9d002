using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

public sealed partial class RocksDbDurabilityTests : IDisposable
{
    private const long LastBlock = (1L << 47) - 1;
    private static readonly CursorKey Key = new(1, 0);

    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task AppendAsync_EachCommit_SyncsTheWriteAheadLogBeforeItCompletes()
    {
        var settings = RocksDbStore.Options(1024 * 1024).EnableStatistics();
        await using var log = Open(settings);
        for (var i = 0; i < 10; i++)
        {
            var before = Syncs(settings.GetStatisticsString());
            await log.AppendAsync(1);
            Syncs(settings.GetStatisticsString()).ShouldBe(before + 1);
        }
    }

    [Fact]
    public async Task SaveDurablyAsyncAndTrimAsync_SyncAndSaveAsyncDoesNot()
    {
        var settings = RocksDbStore.Options(1024 * 1024).EnableStatistics();
        await using var log = Open(settings);
        await log.AppendAsync(1);
        var before = Syncs(settings.GetStatisticsString());
        await log.SaveDurablyAsync(Key, Cursor.At(log.Bounds(0).Tail), CancellationToken.None);
        Syncs(settings.GetStatisticsString()).ShouldBe(before + 1);
        for (var i = 0; i < 100; i++) await log.SaveAsync(Key, Cursor.At(log.Bounds(0).Head), CancellationToken.None);
        await log.TrimAsync(0, log.Bounds(0).Head, CancellationToken.None);
        Syncs(settings.GetStatisticsString()).ShouldBe(before + 2);

        // Also a trim that has nothing to drop makes what was saved before it durable, and one without anything new costs nothing.
        await log.SaveAsync(Key, Cursor.At(log.Bounds(0).Head), CancellationToken.None);
        await log.TrimAsync(0, 0, CancellationToken.None);
        Syncs(settings.GetStatisticsString()).ShouldBe(before + 3);
        await log.TrimAsync(0, 0, CancellationToken.None);
        Syncs(settings.GetStatisticsString()).ShouldBe(before + 3);
    }

    [Fact]
    public async Task Open_CursorsLost_TakenFromTheirCopyWithoutThoseDeleted()
    {
        var gone = new CursorKey(2, 0);
        await using (var log = Open())
        {
            for (var i = 0; i < 3; i++) await log.AppendAsync(4);
            await log.SaveDurablyAsync(Key, Cursor.At(EventBlock.ToSequence(2, 1)), CancellationToken.None);
            await log.SaveDurablyAsync(gone, Cursor.At(EventBlock.ToSequence(2, 1)), CancellationToken.None);
            await log.TrimAsync(0, EventBlock.ToSequence(2, 0), CancellationToken.None);
            await log.DeleteAsync(gone, CancellationToken.None);
        }

        using (var store = RocksDbStore.Open(_folder.Path, RocksDbStore.Options(1024 * 1024), 1024 * 1024))
        using (var batch = new RocksDbSharp.WriteBatch())
        {
            var key = StoreKeys.WriteCursor(new byte[StoreKeys.LongCursorSize], Key);
            store.Write(batch.Delete(key, store.Cursors), sync: true);
        }

        await using var again = Open();
        (await again.ListAsync(CancellationToken.None)).ShouldBe([new KeyValuePair<CursorKey, long>(Key, EventBlock.ToSequence(2, 1))]);
    }

    [Fact]
    public async Task AppendAsync_LastNumberOfTheRange_TakenAndTheNextRefused()
    {
        using (var witness = HeadWitness.Open(Path.Combine(_folder.Path, "head")))
            witness.Update(new HeadMark(LastBlock - 2, 5, 500, new TrimMark(LastBlock - 1, 5, 500)));
        await using var log = Open();
        log.Faults.ShouldBeEmpty();
        var (first, last) = await log.AppendAsync(EventBlock.MaxEvents);
        first.ShouldBe(EventBlock.ToSequence(LastBlock - 1, 0));
        last.ShouldBeGreaterThan(first);
        var refused = await Should.ThrowAsync<EventLogException>(() => log.AppendAsync(1));
        refused.Message.ShouldBe("The log has used all of its 140,737,488,355,327 block numbers and takes no more events. Deliver what is in it, then begin a new log in another folder.");
        log.Bounds(0).Head.ShouldBeGreaterThan(last);
        (await log.ReadAllAsync()).Count.ShouldBe(EventBlock.MaxEvents);
    }

    [Fact]
    public async Task Open_AfterACrashBetweenTrimMarkAndCursorSave_NothingUndeliveredIsGone()
    {
        // The cursor is saved, then the log is trimmed to it; the trim makes the cursor durable first. What is left of an unsynced end does not matter then.
        await using (var log = Open())
        {
            for (var i = 0; i < 6; i++) await log.AppendAsync(10);
            await log.SaveDurablyAsync(Key, Cursor.At(log.Bounds(0).Tail), CancellationToken.None);
        }

        var settings = RocksDbStore.Options(1024 * 1024).EnableStatistics();
        long cursor;
        await using (var log = Open(settings))
        {
            cursor = EventBlock.ToSequence(4, 0);
            await log.SaveAsync(Key, Cursor.At(cursor), CancellationToken.None);
            await log.TrimAsync(0, cursor, CancellationToken.None);
            using var crashed = new TemporaryFolder();
            using (var copy = System.Diagnostics.Process.Start("cp", ["-a", _folder.Path + "/.", crashed.Path])) await copy.WaitForExitAsync();
            await using var after = RocksDbEventLog.Open(Options(crashed.Path), TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
            (await after.LoadAsync(Key, CancellationToken.None))!.Sequence.ShouldBe(cursor);
            after.Faults.ShouldBeEmpty();
            (await after.NumbersAsync(cursor)).ShouldBe(Enumerable.Range(30, 30).Select(n => (long)n));
        }
    }

    [Fact]
    public async Task Open_TrimMarkWithoutTheDrop_DropsAgainAndReadsNothingBefore()
    {
        await using (var log = Open())
            for (var i = 0; i < 40; i++) await log.AppendAsync(10, 3000);
        // Now all of it is one table; the next run's trim leaves that table, since its end is still needed.
        await using (var log = Open())
        {
            await log.AppendAsync(10, 3000);
            await log.TrimAsync(0, EventBlock.ToSequence(40, 0), CancellationToken.None);
        }

        await using var again = Open();
        again.Faults.ShouldBeEmpty();
        (await again.ReadAllAsync(0, 3000))[0].Sequence.ShouldBe(EventBlock.ToSequence(40, 0));
        // A table is dropped once the store has moved it to its last level, which it does in the background: each trim tries again, as retention does.
        await Eventually.BecomesTrueAsync(
            async ValueTask<bool> () =>
            {
                await again.TrimAsync(0, EventBlock.ToSequence(41, 0), CancellationToken.None);
                return TableBytes() < 400_000;
            },
            () => $"tables of {TableBytes():N0} bytes for a log of {again.Bounds(0).Bytes:N0}");
    }

    [Fact]
    public async Task Open_WhileAnotherHasIt_RefusedAndNothingChanged()
    {
        await using var log = Open();
        await log.AppendAsync(1);
        var refused = Should.Throw<EventLogException>(() => Open());
        refused.Message.ShouldContain("stop the other process that uses this log, or give this one a Path of its own");
        await log.AppendAsync(1);
        (await log.NumbersAsync()).ShouldBe([0L, 1L]);
    }

    [Fact]
    public async Task Open_GarbageInTheWitness_SaysSoAndServesEverything()
    {
        await using (var log = Open()) await log.AppendAsync(3);
        var garbage = new byte[4096];
        new Random(3).NextBytes(garbage);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "head"), garbage);
        await using (var log = Open())
        {
            log.Faults.ShouldHaveSingleItem().Reason.ShouldBe("the file head is damaged, so nobody can tell whether acknowledged events are missing at the end of the log");
            log.Faults.Single().EventsLost.ShouldBeNull();
            (await log.NumbersAsync()).ShouldBe([0L, 1L, 2L]);
        }

        await using var again = Open();
        again.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_EverythingButTheWitnessGone_SaysHowMuchAndGoesOnAfterIt()
    {
        await using (var log = Open())
            for (var i = 0; i < 3; i++) await log.AppendAsync(4);
        foreach (var file in Directory.GetFiles(_folder.Path).Where(f => !f.EndsWith("/head", StringComparison.Ordinal))) File.Delete(file);
        await using var empty = Open();
        var fault = empty.Faults.ShouldHaveSingleItem();
        (fault.FirstBlock, fault.LastBlock, fault.EventsLost).ShouldBe((1, 3, 12));
        empty.Bounds(0).Events.ShouldBe(0);
        (await empty.AppendAsync(1)).First.ShouldBe(EventBlock.ToSequence(4, 0));
    }

    [Fact]
    public async Task Open_EveryFileGarbage_SetsTheStoreAsideAndGoesOn()
    {
        await using (var log = Open())
            for (var i = 0; i < 3; i++) await log.AppendAsync(4);
        foreach (var file in Directory.GetFiles(_folder.Path).Where(f => !f.EndsWith("/head", StringComparison.Ordinal))) await File.WriteAllTextAsync(file, "garbage");
        await using var empty = Open();
        empty.Faults.Sum(f => f.EventsLost).ShouldBe(12);
        (await empty.AppendAsync(1)).First.ShouldBe(EventBlock.ToSequence(4, 0));
        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "lost")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task AppendAsync_LessFreeDiskThanKept_RefusedWithTheWayOut()
    {
        await using var log = RocksDbEventLog.Open(Options(_folder.Path, minFree: long.MaxValue), TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
        var refused = await Should.ThrowAsync<EventLogException>(() => log.AppendAsync(1));
        refused.Message.ShouldEndWith("bytes free, less than the 9,223,372,036,854,775,807 that it keeps free. Free some, or lower Webhook:EventLog:MinFreeDiskBytes.");
        log.Bounds(0).Events.ShouldBe(0);
    }

    [Fact]
    public void HeadWitness_TornSlot_TheOneBefore()
    {
        var path = Path.Combine(_folder.Path, "head");
        var older = new HeadMark(7, 70, 700, TrimMark.None);
        using (var witness = HeadWitness.Open(path))
        {
            witness.Update(older);
            witness.Update(new HeadMark(8, 80, 800, TrimMark.None));
        }

        var bytes = File.ReadAllBytes(path);
        var newer = Encoding.ASCII.GetBytes("WHD1").AsSpan().SequenceEqual(bytes.AsSpan(0, 4)) && bytes[8] == 8 ? 0 : 64;
        bytes.AsSpan(newer + 20, 44).Clear();
        File.WriteAllBytes(path, bytes);
        using var again = HeadWitness.Open(path);
        again.Mark.ShouldBe(older);
        again.Damaged.ShouldBeFalse();
    }

    /// <summary>docs/faults.md row 10: the turn has 32 bits, and after the last one comes the first.</summary>
    [Fact]
    public void HeadWitness_TurnWraps_TheNewestStillWins()
    {
        var path = Path.Combine(_folder.Path, "head");
        File.WriteAllBytes(path, Slots(uint.MaxValue - 1));
        for (var block = 3L; block < 7; block++)
        {
            using (var witness = HeadWitness.Open(path)) witness.Update(new HeadMark(block, block * 10, block * 100, TrimMark.None));
            using var again = HeadWitness.Open(path);
            again.Mark!.Value.LastBlock.ShouldBe(block);
        }

        static byte[] Slots(uint turn)
        {
            var file = new byte[128];
            var slot = file.AsSpan((int)(turn % 2) * 64, 64);
            "WHD1"u8.CopyTo(slot);
            BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], turn);
            BinaryPrimitives.WriteInt64LittleEndian(slot[8..], 2);
            BinaryPrimitives.WriteUInt64LittleEndian(slot[56..], XxHash3.HashToUInt64(slot[..56]));
            return file;
        }
    }

    [GeneratedRegex(@"rocksdb\.wal\.synced COUNT : (\d+)")]
    private static partial Regex Synced();

    private static long Syncs(string statistics) => long.Parse(Synced().Match(statistics).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static EventLogOptions Options(string path, long minFree = 0) => new() { Path = path, MinFreeDiskBytes = minFree, MemtableBytes = 4 * 1024 * 1024 };

    private long TableBytes() => Directory.GetFiles(_folder.Path, "*.sst").Sum(f => new FileInfo(f).Length);

    private RocksDbEventLog Open(RocksDbSharp.DbOptions? settings = null) =>
        RocksDbEventLog.Open(Options(_folder.Path), TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance, settings);
}
