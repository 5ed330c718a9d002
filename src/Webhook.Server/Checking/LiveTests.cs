using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;
using Webhook.Server.IntegrationFiles;

namespace Webhook.Server.Checking;

/// <param name="Report">null: it goes to standard output, where nothing can be tested.</param>
internal sealed record LiveResult(string File, FileIntegration Integration, LaneProtocol.TestReport? Report)
{
    /// <summary>Without path and query, in which some receivers have their keys.</summary>
    public string Receiver => Report is null ? SettingNames.LocalOutput : Integration.Settings.Endpoint.GetLeftPart(UriPartial.Authority);

    public bool Succeeded => Report?.Succeeded != false;
}

/// <summary>Test Integration for what stands in files: the same code, the same rules of egress, no server.</summary>
internal static class LiveTests
{
    /// <summary>Each holds one connection for at most its own <c>timeoutMs</c>.</summary>
    private const int MaxAtOnce = 8;

    public static async Task<IReadOnlyList<LiveResult>> RunAsync(
        IEnumerable<IntegrationFile> files, ISecretProtector secrets, EgressRules egress, CancellationToken cancellation)
    {
        using var metrics = new WebhookMetrics();
        var services = new SendingServices(secrets, new NoCertificates(), SendingLimits.Default, TimeProvider.System, metrics, egress, new SystemResolver(), StandardOutput.None);
        var integrations = files.SelectMany(static file => file.Integrations, static (file, integration) => (file.Path, Integration: integration)).ToList();
        var results = new LiveResult[integrations.Count];
        await Parallel.ForAsync(
            0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation },
            async (i, stop) =>
            {
                var (path, integration) = integrations[i];
                results[i] = new LiveResult(path, integration, await TestAsync(integration, services, stop));
            });
        return results;
    }

    private static async Task<LaneProtocol.TestReport?> TestAsync(FileIntegration integration, SendingServices services, CancellationToken cancellation)
    {
        if (integration.Settings.Type == IntegrationType.Local) return null;
        return await EndpointTest.RunAsync(new LaneId(default, 0), integration.Settings, services, static _ => { }, cancellation);
    }

    /// <summary>Settings out of files name none.</summary>
    private sealed class NoCertificates : ICertificateSource
    {
        public ValueTask<CertificateMaterial> GetAsync(long id, CancellationToken cancellation) =>
            throw new CredentialsException(FormattableString.Invariant($"There is no certificate {id}."));
    }
}
