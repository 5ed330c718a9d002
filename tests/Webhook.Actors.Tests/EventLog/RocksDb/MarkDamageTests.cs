using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Testing;

namespace Webhook.Actors.Tests.EventLog.RocksDb;

/// <summary>A mark that is lost or too old makes an input read twice; one table's damage must do neither.</summary>
public sealed class MarkDamageTests : IDisposable
{
    private const int Memtable = 64 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly WebhookMetrics _metrics = new();

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("meta")]
    [InlineData("cursors")]
    public async Task Open_OneFamilysTablesGone_TheNewestMarkAllTheSame(string family)
    {
        for (byte round = 1; round <= 3; round++)
        {
            // Each opening makes tables of what the one before left in the write-ahead log.
            await using var log = Open();
            await log.AppendAsync(2, Mark(round));
            await log.SaveMarkAsync(Mark((byte)(round + 100)), CancellationToken.None);
        }

        string[] tables;
        await using (Open())
        {
        }

        using (var store = RocksDbStore.Open(_folder.Path, RocksDbStore.Options(Memtable), Memtable)) tables = [.. store.TablesOf(family)];
        tables.ShouldNotBeEmpty();
        foreach (var table in tables)
        {
            var path = Path.Combine(_folder.Path, table);
            var bytes = await File.ReadAllBytesAsync(path);
            for (var at = 0; at < bytes.Length; at += 16) bytes[at] ^= 0x40;
            await File.WriteAllBytesAsync(path, bytes);
        }

        await using var again = Open();
        (await again.FindMarkAsync("file", CancellationToken.None))!.Value.Span[0].ShouldBe((byte)103);
        again.Faults.ShouldNotBeEmpty();
        (await again.NumbersAsync()).Count.ShouldBe(6, "no event is lost for it");
        await again.AppendAsync(1, Mark(200));
        await again.DisposeAsync();
        await using var last = Open();
        (await last.FindMarkAsync("file", CancellationToken.None))!.Value.Span[0].ShouldBe((byte)200, "numbers go on above the one that was kept");
    }

    private static InputMark Mark(byte place) => new("file", new[] { place });

    private RocksDbEventLog Open() => RocksDbEventLog.Open(
        new EventLogOptions { Path = _folder.Path, MinFreeDiskBytes = 0, MemtableBytes = Memtable }, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
}
