using Akka.Actor;
using Webhook.Actors.Integrations;

namespace Webhook.Server.LiveApi;

/// <summary>The integrations' names, as they were a moment ago: asked for again when an id is not among them, at most once a second.</summary>
internal sealed class IntegrationNames(IntegrationDirectory directory, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private volatile Known _known = new([], null);

    /// <returns>null: there is no such integration any more, or nobody says.</returns>
    public async Task<string?> FindAsync(IntegrationId id, CancellationToken cancellation)
    {
        if (_known.Names.TryGetValue(id, out var name)) return name;
        if (_known.At is { } at && time.GetElapsedTime(at) < Fresh) return null;
        await RefreshAsync(cancellation);
        return _known.Names.GetValueOrDefault(id);
    }

    /// <summary>So that a name that has changed is seen.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            var names = (await directory.EntriesAsync(cancellation)).ToDictionary(static e => e.Id, static e => e.Name);
            _known = new Known(names, time.GetTimestamp());
        }
        catch (AskTimeoutException)
        {
            _known = _known with { At = time.GetTimestamp() };
        }
    }

    private sealed record Known(Dictionary<IntegrationId, string> Names, long? At);
}
