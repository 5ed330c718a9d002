using System.Text.Json;
using Webhook.Server.Client.Output;

namespace Webhook.Server.LogTools;

/// <summary><c>webhook log verify</c>: reads everything, and says what is damaged and what that costs.</summary>
internal static class VerifyRun
{
    public static async Task<int> RunAsync(string data, ClientOutput output, CancellationToken cancellation)
    {
        using var folder = LogFolder.Open(data);
        var findings = await FindAsync(folder, cancellation);
        if (output.IsJson) output.Writer.WriteLine(JsonSerializer.Serialize(VerifyResource.Of(findings), LogJson.Readable.VerifyResource));
        else LogViews.Findings(output, findings);
        return findings.IsDamaged ? ExitCode.Failed : ExitCode.Done;
    }

    public static async Task<LogFindings> FindAsync(LogFolder folder, CancellationToken cancellation)
    {
        await using var log = OpenLog.View(folder);
        return await log.ReadAsync(cancellation);
    }
}
