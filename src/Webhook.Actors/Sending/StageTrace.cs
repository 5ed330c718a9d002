using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Times the stages of one test request; each stage ends where the next one starts or where the request fails.</summary>
/// <remarks>Locked: a connection that is given up may still be at work when the report is made.</remarks>
internal sealed class StageTrace(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<LaneProtocol.TestStage> _done = [];
    private string? _current;
    private string? _detail;
    private long _started;

    public void Start(string name)
    {
        lock (_lock)
        {
            End(succeeded: true);
            _current = name;
            _detail = null;
            _started = time.GetTimestamp();
        }
    }

    public void Detail(string detail)
    {
        lock (_lock) _detail = detail;
    }

    public IReadOnlyList<LaneProtocol.TestStage> Finish(bool succeeded, string? detail)
    {
        lock (_lock)
        {
            // What fails before the first stage (a secret that cannot be read) fails the request.
            if (!succeeded && _current is null) (_current, _started) = ("request", time.GetTimestamp());
            _detail = detail ?? _detail;
            End(succeeded);
            return [.. _done];
        }
    }

    private void End(bool succeeded)
    {
        if (_current is null) return;
        _done.Add(new LaneProtocol.TestStage(_current, succeeded, Math.Round(time.GetElapsedTime(_started).TotalMilliseconds, 3), _detail));
        _current = null;
    }
}
