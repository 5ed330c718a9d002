using System.Globalization;
using System.Text.Json;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Server.Client;
using Webhook.Server.Client.Output;

namespace Webhook.Server.LogTools;

/// <param name="IsDryRun">Only say what would be lost.</param>
/// <param name="IsConfirmed">Do not ask.</param>
internal sealed record RepairArguments(string Data, bool IsDryRun, bool IsConfirmed);

/// <summary>
/// <c>webhook log repair</c>: (1) finds out in a view of the log what a repair costs, (2) says it, (3) asks, (4) keeps everything as it was beside the log, (5) repairs, as the start of a server
/// does, and reads all of it.
/// </summary>
internal static class RepairRun
{
    public static async Task<int> RunAsync(RepairArguments arguments, ClientOutput output, TextWriter error, TimeProvider time, CancellationToken cancellation)
    {
        LogFindings found;
        string copy;
        using (var folder = LogFolder.Open(arguments.Data))
        {
            found = await VerifyRun.FindAsync(folder, cancellation);
            if (!output.IsJson) LogViews.Findings(output, found);
            if (!found.IsDamaged || arguments.IsDryRun)
            {
                var said = found.IsDamaged ? "Nothing was done. Without --dry-run it is repaired." : "Nothing is to be repaired.";
                return End(output, found, copy: null, said);
            }

            Confirmation.Require(arguments.IsConfirmed, $"Repair {folder.Path} and lose {found.Loss} for good?", error);
            copy = Keep(folder.Path, time.GetUtcNow());
        }

        try
        {
            await using var log = OpenLog.Mend(found.Log);
            var repaired = await log.ReadAsync(cancellation);
            return End(output, repaired, copy, $"Repaired: it cost {repaired.Loss}, {LogFindings.Count(repaired.Contents.Events, "event")} are there. The files as they were: {copy}");
        }
        catch (EventLogException e)
        {
            throw ClientFailure.Failed($"{e.Message} The files as they were: {copy}");
        }
    }

    private static string Keep(string path, DateTimeOffset now)
    {
        var copy = string.Create(CultureInfo.InvariantCulture, $"{path}-before-repair-{now.UtcDateTime:yyyyMMddTHHmmssfff}Z");
        try
        {
            StoreCopy.Make(path, copy);
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
            throw ClientFailure.Failed($"nothing was repaired, because the files as they are could not be kept in {copy}: {e.Message}");
        }
    }

    private static int End(ClientOutput output, LogFindings findings, string? copy, string said)
    {
        if (output.IsJson)
        {
            var resource = new RepairResource(findings.Log, findings.IsDamaged, copy is not null, findings.EventsLost, findings.DeadLettersLost, findings.Damage, copy);
            output.Writer.WriteLine(JsonSerializer.Serialize(resource, LogJson.Readable.RepairResource));
        }
        else
        {
            output.Line(said);
        }

        return ExitCode.Done;
    }
}
