using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Server.Client;

namespace Webhook.Server.LogTools;

/// <summary>The event log of a data folder, kept from whoever would write to it until it is disposed. Writes nothing.</summary>
internal sealed class LogFolder : IDisposable
{
    private readonly FileStream? _held;

    private LogFolder(string path, FileStream? held)
    {
        Path = path;
        _held = held;
    }

    public string Path { get; }

    /// <param name="data">As <c>serve --data</c> takes it, or the log's own folder.</param>
    /// <exception cref="ClientFailure">There is no log, it is in use, or it cannot be read.</exception>
    public static LogFolder Open(string data)
    {
        try
        {
            var path = new[] { System.IO.Path.Combine(data, "log"), data }.Select(System.IO.Path.GetFullPath).FirstOrDefault(IsLog)
                ?? throw ClientFailure.WrongUsage($"{data} is no data folder: there is no event log in it; --data takes the folder that 'webhook serve' was given");
            return new LogFolder(path, HeadWitness.Hold(System.IO.Path.Combine(path, RocksDbEventLog.WitnessFile)));
        }
        catch (EventLogException e)
        {
            throw ClientFailure.WrongUsage(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFailure.WrongUsage($"{data} cannot be read: {e.Message} Run this as the user that runs the server.");
        }
    }

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<LogFile> Files() =>
    [
        .. new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => LogFile.Of(System.IO.Path.GetRelativePath(Path, file.FullName), file.Length)).OrderBy(static file => file.Name, StringComparer.Ordinal),
    ];

    public void Dispose() => _held?.Dispose();

    private static bool IsLog(string path) => Directory.Exists(path) && Directory.EnumerateFiles(path).Select(System.IO.Path.GetFileName).Any(static name => LogFile.IsOfStore(name!));
}
