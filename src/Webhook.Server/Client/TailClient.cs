using System.Net.ServerSentEvents;
using System.Text.Json;
using Spectre.Console;
using Webhook.Server.Client.Output;
using Webhook.Server.LiveApi;

namespace Webhook.Server.Client;

/// <summary>What <c>webhook tail</c> does: a line for each delivery, as it happens.</summary>
internal sealed class TailClient(ClientSession session)
{
    /// <summary>The server speaks sooner than this, also when nothing happens.</summary>
    private static readonly TimeSpan LongestSilence = LiveDeliveriesEndpoint.IdleAfter * 4;

    private readonly ClientOutput _output = session.Output;

    /// <param name="limit">Ends after so many; null: never.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> integrations, IReadOnlyList<string> outcomes, int? limit, CancellationToken cancellation)
    {
        using var stop = new StopSignal(cancellation);
        try
        {
            var path = "/v1/deliveries/live" + QueryText.Of(("integration", await IdsAsync(integrations, stop.Token)), ("outcome", outcomes.Count == 0 ? null : string.Join(',', outcomes)));
            using var response = await session.Api.OpenAsync(path, stop.Token);
            await FollowAsync(await response.Content.ReadAsStreamAsync(stop.Token), limit ?? int.MaxValue, stop.Token);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }

    private async Task FollowAsync(Stream stream, int limit, CancellationToken stop)
    {
        await using var output = PipeOutput.Open(_output);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(silence.Token))
            {
                silence.CancelAfter(LongestSilence);
                switch (item.EventType)
                {
                    case "delivery":
                        if (!output.TryWriteLine(item.Data, Write) || --limit == 0) return;
                        break;
                    case "dropped":
                        var dropped = JsonSerializer.Deserialize(item.Data, LiveJson.Readable.DroppedResource)!.Count;
                        await session.Error.WriteLineAsync($"webhook: {dropped} deliveries are not shown, because this reads more slowly than they come");
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw ClientFailure.Unavailable($"the server at {session.Api.Server} has said nothing for {LongestSilence.TotalSeconds} s");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw session.Api.Unreachable(e);
        }

        throw ClientFailure.Unavailable($"the server at {session.Api.Server} ended the connection: it stops, or the key was revoked");
    }

    private void Write(TextWriter writer, string json)
    {
        if (_output.IsJson)
        {
            writer.WriteLine(json);
            return;
        }

        var live = JsonSerializer.Deserialize(json, LiveJson.Readable.LiveDeliveryResource)!;
        if (_output.IsTerminal && live.Delivery.Outcome != "delivered") _output.Text.WriteLine(TailView.Line(live), new Style(Color.Red));
        else writer.WriteLine(TailView.Line(live));
    }

    private async Task<string?> IdsAsync(IReadOnlyList<string> names, CancellationToken stop)
    {
        if (names.Count == 0) return null;
        var all = (await new IntegrationCalls(session.Api).ListAsync(stop)).All;
        return string.Join(',', names.Select(name => IntegrationCalls.Find(name, all).Id));
    }
}
