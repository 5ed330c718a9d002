using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RocksDbSharp;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

/// <summary>Dead letters and attempts in the log's store: older stores, syncs, damage, a disk that fails. What happens to them costs the log nothing.</summary>
public sealed partial class SideTableTests : IDisposable
{
    private const int MemtableBytes = 1024 * 1024;
    private const int Padding = 700;

    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Open_StoreOfTheFirstVersion_GetsTheFamiliesAndKeepsWhatItHas()
    {
        await using (var log = Open()) await log.AppendAsync(5);
        MakeFirstVersion();
        await using (var log = Open())
        {
            await log.DeadLetters.AddAsync(Letters.Of(1..4), CancellationToken.None);
            await log.Attempts.AppendAsync(7, [Encoding.UTF8.GetBytes("a")], 10, CancellationToken.None);
        }

        await using var again = Open();
        again.Faults.ShouldBeEmpty();
        (await again.NumbersAsync()).ShouldBe([0L, 1, 2, 3, 4]);
        (await again.DeadLetters.SequencesAsync()).ShouldBe([1L, 2, 3]);
        (await again.Attempts.ListAsync(7, 10, CancellationToken.None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Open_RepairedBeforeAnythingWasAdded_KnowsTheFamilies()
    {
        await using (var log = Open()) await log.AppendAsync(5);
        MakeFirstVersion();
        await using (Open()) { }
        foreach (var manifest in Directory.GetFiles(_folder.Path, "MANIFEST-*")) File.Delete(manifest);
        await using var repaired = Open();
        (await repaired.NumbersAsync()).ShouldBe([0L, 1, 2, 3, 4]);
        await repaired.DeadLetters.AddAsync(Letters.Of(1..4), CancellationToken.None);
        (await repaired.DeadLetters.SequencesAsync()).ShouldBe([1L, 2, 3]);
    }

    [Fact]
    public async Task AddRemoveAndExpire_SyncAndAttemptsDoNot()
    {
        var settings = RocksDbStore.Options(MemtableBytes).EnableStatistics();
        await using var log = Open(settings: settings);
        await ExpectSyncsAsync(1, () => log.DeadLetters.AddAsync(Letters.Of(1..20), CancellationToken.None).AsTask());
        await ExpectSyncsAsync(1, () => log.DeadLetters.RemoveAsync(7, [new DeadLetterId(0, 1), new DeadLetterId(0, 2)], CancellationToken.None).AsTask());
        await ExpectSyncsAsync(1, () => log.DeadLetters.ExpireAsync(Letters.Start.AddMinutes(5), 100, CancellationToken.None).AsTask());
        await ExpectSyncsAsync(1, () => log.DeadLetters.RemoveAllAsync(7, CancellationToken.None).AsTask());
        await ExpectSyncsAsync(0, () => log.Attempts.AppendAsync(7, [new byte[10]], 10, CancellationToken.None).AsTask());

        async Task ExpectSyncsAsync(int expected, Func<Task> act)
        {
            var before = Syncs(settings.GetStatisticsString());
            await act();
            (Syncs(settings.GetStatisticsString()) - before).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Open_DamagedValues_SkippedCountedAndNamedOnce()
    {
        await FillAsync(20);
        DamageValue(3);
        DamageValue(11);
        await using (var log = Open())
        {
            var fault = log.Faults.ShouldHaveSingleItem();
            fault.EventsLost.ShouldBe(2);
            fault.Reason.ShouldBe("2 dead letters of integration 7 were lost: damaged: 0-3, 0-11");
            await ExpectAllButAsync(log, 20, 3, 11);
        }

        await using var again = Open();
        again.Faults.ShouldBeEmpty();
        await ExpectAllButAsync(again, 20, 3, 11);
    }

    [Fact]
    public async Task FindAndListAsync_ValueDamagedWhileOpen_SkippedCountedAndNamedOnce()
    {
        using var access = new StoreAccess(_folder.Path, new BlockRuns(TimeProvider.System));
        await using var writer = new StoreWriter(new StoreFiles(_folder.Path), 0, access, static () => throw new InvalidOperationException("Nothing here needs a repair."));
        access.Replace(() => RocksDbStore.Open(_folder.Path, RocksDbStore.Options(MemtableBytes), MemtableBytes));
        var losses = new LossReport(0, TimeProvider.System, _metrics, NullLogger.Instance);
        var letters = new RocksDbDeadLetters(writer, losses);
        await letters.AddAsync(Letters.Of(1..21), CancellationToken.None);
        await writer.RunAsync(static store => Damage(store, 5));
        await writer.RunAsync(static store => Damage(store, 6));

        (await letters.FindAsync(7, new DeadLetterId(0, 5), CancellationToken.None)).ShouldBeNull();
        (await letters.SequencesAsync()).ShouldBe(Enumerable.Range(1, 20).Select(n => (long)n).Except([5, 6]));
        (await letters.SequencesAsync()).Length.ShouldBe(18);
        await writer.RunAsync(static _ => { });
        losses.Faults.Select(f => f.Reason).Order().ShouldBe(["1 dead letters of integration 7 were lost: damaged: 0-5", "1 dead letters of integration 7 were lost: damaged: 0-6"]);
        letters.Counts()[7].ShouldBe(18);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task Open_DamagedTable_LosesTheRecordsOfABlockAndSaysHowMany(double where)
    {
        await FillAsync(400);
        await using (Open()) { }
        DamageTable(where);

        int lost;
        await using (var log = Open())
        {
            (await log.NumbersAsync()).ShouldBe([0L, 1, 2]);
            var kept = await log.DeadLetters.SequencesAsync();
            lost = 400 - kept.Length;
            lost.ShouldBeInRange(1, 60);
            log.Faults.Sum(f => f.EventsLost).ShouldBe(lost);
            log.Faults.ShouldContain(f => f.Reason.Contains("records of the family dead-letters could not be read"));
            log.Faults.ShouldContain(f => f.Reason == $"{lost} dead letters of integration 7 were lost: files are damaged or missing");
            log.DeadLetters.Counts()[7].ShouldBe(kept.Length);
            Directory.GetFiles(Path.Combine(_folder.Path, "lost"), "*.sst").ShouldNotBeEmpty();

            // It goes on.
            await log.DeadLetters.AddAsync([Letters.Of(1_000)], CancellationToken.None);
        }

        await using var again = Open();
        again.Faults.ShouldBeEmpty();
        again.DeadLetters.Counts()[7].ShouldBe(400 - lost + 1);
        Directory.GetFiles(_folder.Path, "salvaged-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task ListAsync_TableDamagedWhileOpen_MendsItAndNeverThrows()
    {
        await FillAsync(400);
        await using (Open()) { }
        await using var log = Open();
        DamageTable(0.5);
        var kept = await log.DeadLetters.SequencesAsync();
        kept.Length.ShouldBeInRange(340, 399);
        log.Faults.Sum(f => f.EventsLost).ShouldBe(400 - kept.Length);
        await log.AppendAsync(1);
        (await log.NumbersAsync()).ShouldBe([0L, 1, 2, 3]);
    }

    [Fact]
    public async Task Open_SalvageCutShort_IsFinished()
    {
        await FillAsync(20);
        using (var table = new SstFileWriter())
        {
            table.Open(Path.Combine(_folder.Path, "salvaged-dead-letters"));
            for (var n = 1; n <= 15; n++) table.Put(StoreKeys.DeadLetter(7, new DeadLetterId(0, n)), DeadLetterRecord.Write(Letters.Of(n, padding: Padding)));
            table.Finish();
        }

        await using (var log = Open())
        {
            (await log.DeadLetters.SequencesAsync()).ShouldBe(Enumerable.Range(1, 15).Select(n => (long)n));
            log.Faults.ShouldHaveSingleItem().EventsLost.ShouldBe(5);
        }

        await using var again = Open();
        again.Faults.ShouldBeEmpty();
        again.DeadLetters.Counts()[7].ShouldBe(15);
    }

    [Fact]
    public async Task Open_DamagedDeliveryLog_KeepsWhatCanBeReadAndGoesOn()
    {
        await using (var log = Open())
        {
            await log.AppendAsync(3);
            for (var n = 0; n < 200; n++) await log.Attempts.AppendAsync(7, [Encoding.UTF8.GetBytes($"attempt {n} {new string('x', Padding)}")], 200, CancellationToken.None);
        }

        await using (Open()) { }
        DamageTable(0.5, "attempt ");
        await using var damaged = Open();
        var kept = await damaged.Attempts.ListAsync(7, 200, CancellationToken.None);
        kept.Count.ShouldBeInRange(140, 199);
        await damaged.Attempts.AppendAsync(7, [Encoding.UTF8.GetBytes("attempt 200")], 200, CancellationToken.None);
        Encoding.UTF8.GetString((await damaged.Attempts.ListAsync(7, 1, CancellationToken.None))[0].Span).ShouldBe("attempt 200");
        (await damaged.NumbersAsync()).ShouldBe([0L, 1, 2]);
    }

    [Fact]
    public async Task AddAsync_LessFreeDiskThanKept_TakenAllTheSame()
    {
        // What is kept free is kept for this: deliveries go on while ingest is refused.
        await using var log = Open(minFree: long.MaxValue);
        await log.DeadLetters.AddAsync(Letters.Of(1..4), CancellationToken.None);
        (await log.DeadLetters.SequencesAsync()).ShouldBe([1L, 2, 3]);
    }

    [Fact]
    public async Task RunAsync_AfterAFailedWrite_OpensTheStoreAnewAndGoesOn()
    {
        var opened = 0;
        using var access = new StoreAccess(_folder.Path, new BlockRuns(TimeProvider.System));
        await using var writer = new StoreWriter(new StoreFiles(_folder.Path), 0, access, Replace);
        Replace();

        (await Should.ThrowAsync<EventLogException>(() => writer.RunAsync(FailWith))).Message.ShouldStartWith($"The event log in {_folder.Path} could not be written: IO error");
        await writer.RunAsync(static store => store.Sync());
        await writer.RunAsync(static store => store.Sync());
        opened.ShouldBe(2);

        void Replace() => access.Replace(() =>
        {
            opened++;
            return RocksDbStore.Open(_folder.Path, RocksDbStore.Options(MemtableBytes), MemtableBytes);
        });
    }

    [Fact]
    public async Task RunAsync_AfterAFailedWriteAndNoSpaceYet_SaysSoAndTriesAgain()
    {
        using var access = new StoreAccess(_folder.Path, new BlockRuns(TimeProvider.System));
        await using var writer = new StoreWriter(new StoreFiles(_folder.Path), long.MaxValue, access, static () => throw new InvalidOperationException("Not while the disk is full."));
        access.Replace(() => RocksDbStore.Open(_folder.Path, RocksDbStore.Options(MemtableBytes), MemtableBytes));
        await Should.ThrowAsync<EventLogException>(() => writer.RunAsync(FailWith));
        (await Should.ThrowAsync<EventLogException>(() => writer.RunAsync(static store => store.Sync()))).Message.ShouldStartWith("The log's disk is full");
    }

    [Fact]
    public async Task ListAsync_HundredThousandLetters_APageReadsAPageOnly()
    {
        await using var log = Open();
        for (var n = 0; n < 100_000; n += 10_000) await log.DeadLetters.AddAsync(Letters.Of(n..(n + 10_000)), CancellationToken.None);
        log.DeadLetters.Counts()[7].ShouldBe(100_000);

        // The first pages, and pages far behind, allocate alike: what is not shown is not read.
        await log.DeadLetters.SequencesAsync(limit: 100);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        (await log.DeadLetters.SequencesAsync(after: new DeadLetterId(0, 90_000), limit: 100)).ShouldBe(Enumerable.Range(90_001, 100).Select(n => (long)n));
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(1_000_000);
    }

    /// <summary>An error of RocksDB's own: the store is open already.</summary>
    private void FailWith(RocksDbStore store) => RocksDbStore.Open(_folder.Path, RocksDbStore.Options(MemtableBytes), MemtableBytes).Dispose();

    private async Task FillAsync(int letters)
    {
        await using var log = Open();
        await log.AppendAsync(3);
        await log.DeadLetters.AddAsync(Letters.Of(1..(letters + 1), padding: Padding), CancellationToken.None);
    }

    private static async Task ExpectAllButAsync(RocksDbEventLog log, int last, params long[] lost)
    {
        (await log.DeadLetters.SequencesAsync()).ShouldBe(Enumerable.Range(1, last).Select(n => (long)n).Except(lost));
        log.DeadLetters.Counts()[7].ShouldBe(last - lost.Length);
        foreach (var sequence in lost) (await log.DeadLetters.FindAsync(7, new DeadLetterId(0, sequence), CancellationToken.None)).ShouldBeNull();
    }

    private void DamageValue(long sequence)
    {
        using var store = RocksDbStore.Open(_folder.Path, RocksDbStore.Options(MemtableBytes), MemtableBytes);
        Damage(store, sequence);
    }

    /// <summary>As what flips a bit before RocksDB makes its own checksum.</summary>
    private static void Damage(RocksDbStore store, long sequence)
    {
        var key = StoreKeys.DeadLetter(7, new DeadLetterId(0, sequence));
        var value = store.Get(store.DeadLetters, key)!;
        value[value.Length / 2] ^= 4;
        using var batch = new WriteBatch();
        store.Write(batch.Put(key, value, store.DeadLetters), sync: true);
    }

    /// <summary>Flips a bit in the file that holds the records, somewhere between the first and the last of them.</summary>
    private void DamageTable(double where, string mark = "the receiver answered")
    {
        var (path, bytes) = Directory.GetFiles(_folder.Path, "*.sst").Select(p => (Path: p, Bytes: File.ReadAllBytes(p)))
            .Where(f => f.Bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(mark)) >= 0).MaxBy(f => f.Bytes.Length);
        var (first, last) = (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(mark)), bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(mark)));
        var at = first + (int)((last - first) * where);

        // In place: the store may have it open.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = at;
        file.WriteByte((byte)(bytes[at] ^ 0x40));
    }

    private void MakeFirstVersion()
    {
        var names = (string[])["cursors", "idempotency", "meta", RocksDbStore.DeadLettersFamily, RocksDbStore.AttemptsFamily];
        var families = new ColumnFamilies();
        foreach (var name in names) families.Add(name, new ColumnFamilyOptions());
        using var db = RocksDbSharp.RocksDb.Open(RocksDbStore.Options(MemtableBytes), _folder.Path, families);
        db.DropColumnFamily(RocksDbStore.DeadLettersFamily);
        db.DropColumnFamily(RocksDbStore.AttemptsFamily);
        db.Put(StoreKeys.Birthmark.ToArray(), Array.Empty<byte>(), db.GetColumnFamily("meta"));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"rocksdb\.wal\.synced COUNT : (\d+)")]
    private static partial System.Text.RegularExpressions.Regex Synced();

    private static long Syncs(string statistics) => long.Parse(Synced().Match(statistics).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private RocksDbEventLog Open(long minFree = 0, DbOptions? settings = null) => RocksDbEventLog.Open(
        new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = minFree, MemtableBytes = MemtableBytes }, new FakeTimeProvider(Letters.Start), _metrics,
        NullLogger<RocksDbEventLog>.Instance, settings);
}
