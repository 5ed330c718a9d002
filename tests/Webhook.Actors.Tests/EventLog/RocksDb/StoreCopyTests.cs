using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

/// <summary>Looking at a store must not change it, and what is kept of it must not change with it.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    private string Store => Path.Combine(_folder.Path, "log");

    private string Copy => Path.Combine(_folder.Path, "copy");

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task MakeView_OpenedWrittenAndTrimmed_TheStoreStaysAsItWas()
    {
        await FillAsync();
        var before = Bytes(Store);
        StoreCopy.MakeView(Store, Copy);
        await using (var view = Open(Copy))
        {
            (await view.NumbersAsync(0, 400)).Count.ShouldBe(12);
            await view.AppendAsync(4, 400);
            await view.TrimAsync(0, view.Bounds(0).Head, CancellationToken.None);
        }

        Bytes(Store).ShouldBe(before);
        await using var store = Open(Store);
        (await store.NumbersAsync(0, 400)).Count.ShouldBe(12);
    }

    [Fact]
    public async Task Make_StoreGoesOnAndIsTrimmed_TheCopyStaysAsItWas()
    {
        await FillAsync();
        StoreCopy.Make(Store, Copy);
        var kept = Bytes(Copy);
        kept.ShouldBe(Bytes(Store));
        await using (var store = Open(Store))
        {
            await store.AppendAsync(4, 400);
            await store.TrimAsync(0, store.Bounds(0).Head, CancellationToken.None);
        }

        Directory.Delete(Store, recursive: true);
        Bytes(Copy).ShouldBe(kept);
        await using var copy = Open(Copy);
        (await copy.NumbersAsync(0, 400)).Count.ShouldBe(12);
    }

    [Fact]
    public async Task MakeView_OpeningWasCutShort_WhatItLeftIsThereToo()
    {
        await FillAsync();
        new StoreFiles(Store).Keep();
        foreach (var table in Directory.GetFiles(Store, "*.sst")) File.Delete(table);
        StoreCopy.MakeView(Store, Copy);
        await using var view = Open(Copy);
        view.Faults.ShouldBeEmpty();
        (await view.NumbersAsync(0, 400)).Count.ShouldBe(12);
    }

    [Fact]
    public async Task Hold_HeldByOneOrTheOther_TheSecondIsRefused()
    {
        var head = Path.Combine(Store, RocksDbEventLog.WitnessFile);
        HeadWitness.Hold(head).ShouldBeNull("there is nothing yet that somebody could have");
        await using (Open(Store)) Should.Throw<EventLogException>(() => HeadWitness.Hold(head)).Message.ShouldContain("is in use");
        using (HeadWitness.Hold(head))
        {
            using var another = HeadWitness.Hold(head);
            another.ShouldNotBeNull("those who only look do not mind each other");
            Should.Throw<EventLogException>(() => Open(Store));
        }

        await using var open = Open(Store);
    }

    [Fact]
    public async Task Read_TableWithFlippedBits_TheFaultNamesTheFile()
    {
        await FillAsync();
        var table = new DirectoryInfo(Store).GetFiles("*.sst").MaxBy(static f => f.Length)!;
        var bytes = await File.ReadAllBytesAsync(table.FullName);
        bytes.AsSpan(8, 8).Fill(0xA5);
        await File.WriteAllBytesAsync(table.FullName, bytes);
        await using var log = Open(Store);
        (await log.NumbersAsync(0, 400)).Count.ShouldBeLessThan(12);
        log.Faults.ShouldHaveSingleItem().Reason.ShouldContain(table.Name);
        log.Holes.ShouldHaveSingleItem().Events.ShouldBe(log.Faults.Single().EventsLost);
    }

    private static Dictionary<string, string> Bytes(string folder) =>
        Directory.GetFiles(folder).ToDictionary(static file => Path.GetFileName(file), static file => Convert.ToHexString(File.ReadAllBytes(file)));

    private async Task FillAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await using var log = Open(Store);
            await log.AppendAsync(4, 400);
        }
    }

    private RocksDbEventLog Open(string path) => RocksDbEventLog.Open(
        new EventLogOptions { Path = path, MinFreeDiskBytes = 0, MemtableBytes = 64 * 1024 }, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
}
