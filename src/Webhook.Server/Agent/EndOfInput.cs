using Webhook.Actors.Integrations;
using Webhook.Server.Inputs;

namespace Webhook.Server.Agent;

/// <summary>With <c>--exit-at-end</c>: once standard input has ended and every integration has delivered what was read, the agent ends.</summary>
internal sealed class EndOfInput(InputsEnd inputs, IntegrationDirectory directory, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await inputs.StandardInputEnded.WaitAsync(stoppingToken);
        using var tick = new PeriodicTimer(Interval, time);
        while (!await IsAllDeliveredAsync(stoppingToken)) await tick.WaitForNextTickAsync(stoppingToken);
        lifetime.StopApplication();
    }

    private async Task<bool> IsAllDeliveredAsync(CancellationToken cancellation)
    {
        foreach (var entry in await directory.EntriesAsync(cancellation))
        {
            if (await directory.ProgressAsync(entry.Id, cancellation) is not { } lanes || lanes.Any(static lane => lane.Cursor < lane.Head)) return false;
        }

        return true;
    }
}
