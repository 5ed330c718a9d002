using Spectre.Console;
using Spectre.Console.Rendering;
using Webhook.Server.Client.Output;
using Webhook.Server.LiveApi;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook top</c> does: a view that goes on at a terminal, one table anywhere else.</summary>
internal sealed class TopClient(ClientSession session)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ClientOutput _output = session.Output;

    public async Task<int> RunAsync(bool isOnce, CancellationToken cancellation)
    {
        var answer = await session.Api.GetAsync(OverviewCall.Path, cancellation);
        var overview = answer.Read(LiveJson.Readable.OverviewResource);
        if (_output.IsTerminal && !isOnce && !_output.IsJson) return await FollowAsync(overview, cancellation);
        _output.Show(answer, () =>
        {
            _output.Line(TopView.Heading(overview, session.Api.Server));
            _output.Line(TopView.Summary(overview));
            _output.Line("");
            _output.Write(TopView.Table(overview, isWorstFirst: false));
        });
        return ExitCode.Done;
    }

    private async Task<int> FollowAsync(OverviewResource first, CancellationToken cancellation)
    {
        using var stop = new StopSignal(cancellation);
        await _output.Text.Live(View(first, null)).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            var (seen, trouble) = (first, default(string));
            using var tick = new PeriodicTimer(Interval);
            try
            {
                while (await tick.WaitForNextTickAsync(stop.Token))
                {
                    try
                    {
                        (seen, trouble) = (await OverviewCall.GetAsync(session.Api, stop.Token), null);
                    }
                    catch (ClientFailure failure) when (failure.ExitCode == ExitCode.Unavailable)
                    {
                        // The server may be starting again: what was seen last stays, with what is wrong.
                        trouble = failure.Message;
                    }

                    live.UpdateTarget(View(seen, trouble));
                }
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
            }
        });
        return ExitCode.Done;
    }

    private Rows View(OverviewResource overview, string? trouble)
    {
        var lines = new List<IRenderable> { new Text(TopView.Heading(overview, session.Api.Server), new Style(decoration: Decoration.Bold)), new Text(TopView.Summary(overview)) };
        if (trouble is not null) lines.Add(new Text(Shown.Clean(trouble), new Style(Color.Red)));
        lines.Add(Text.Empty);
        lines.Add(TopView.Table(overview, isWorstFirst: true).Render(_output.Text.Profile.Width));
        return new Rows(lines);
    }
}
