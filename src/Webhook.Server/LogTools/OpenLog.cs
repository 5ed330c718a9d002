using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Telemetry;
using Webhook.Server.Client;

namespace Webhook.Server.LogTools;

/// <summary>
/// The log, opened by the engine itself: what the start of a server would find and do is found and done. For a look it is opened in a view of its folder, so that its own files stay as
/// they are; RocksDB's read-only mode would neither mend nor tell what mending costs.
/// </summary>
internal sealed class OpenLog : IAsyncDisposable
{
    private readonly string _shownAs;
    private readonly DirectoryInfo? _view;
    private readonly string _path;
    private readonly WebhookMetrics _metrics = new();

    private OpenLog(string path, string shownAs, DirectoryInfo? view)
    {
        _path = path;
        _shownAs = shownAs;
        _view = view;
        try
        {
            Engine = RocksDbEventLog.Open(new EventLogOptions { Path = path, MinFreeDiskBytes = 0 }, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
        }
        catch
        {
            _metrics.Dispose();
            throw;
        }
    }

    public RocksDbEventLog Engine { get; }

    /// <summary>Nothing is written to the folder.</summary>
    /// <exception cref="ClientFailure">There is no room for the view, or a file cannot be read.</exception>
    public static OpenLog View(LogFolder folder)
    {
        var view = Directory.CreateTempSubdirectory("webhook-log-");
        try
        {
            var path = Path.Combine(view.FullName, "log");
            StoreCopy.MakeView(folder.Path, path);
            return new OpenLog(path, folder.Path, view);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventLogException)
        {
            view.Delete(recursive: true);
            throw ClientFailure.Failed(
                $"the log cannot be looked at: {e.Message} A look needs room for a copy of its write-ahead logs in {Path.GetTempPath()}; TMPDIR names another folder.");
        }
    }

    /// <summary>Mends what is damaged.</summary>
    /// <exception cref="EventLogException">Another process has it, the disk is full, or the folder cannot be written.</exception>
    public static OpenLog Mend(string path) => new(path, path, view: null);

    /// <summary>Reads everything there is.</summary>
    /// <exception cref="ClientFailure">The disk fails.</exception>
    public async Task<LogFindings> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var contents = await LogContents.ReadAsync(Engine, cancellation);
            var damage = Engine.Faults.Select(fault => LogDamage.Of(fault with { Reason = fault.Reason.Replace(_path, _shownAs, StringComparison.Ordinal) })).ToList();
            return new LogFindings(_shownAs, contents, damage, KnownLosses(damage));
        }
        catch (EventLogException e)
        {
            throw ClientFailure.Failed(e.Message.Replace(_path, _shownAs, StringComparison.Ordinal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _metrics.Dispose();
        _view?.Delete(recursive: true);
    }

    private List<KnownLoss> KnownLosses(List<LogDamage> damage) => [.. Engine.Holes.Where(hole => !damage.Exists(d => d.FirstBlock == hole.FirstBlock)).Select(KnownLoss.Of)];
}
