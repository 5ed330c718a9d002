using Webhook.Actors.Integrations;

namespace Webhook.Actors.Sending;

/// <summary>Times the stages of one request; each stage ends where the next one starts or where the request fails.</summary>
/// <remarks>
/// <code>(waiting) → resolve → address → connect → tls → request → status      a connection that is used again begins with request</code>
/// Locked: the connection that a request asked for may still be opened when the request has long gone over another one; what becomes of it then does not belong here any more.
/// </remarks>
internal sealed class StageTrace(TimeProvider time)
{
    private static readonly HttpRequestOptionsKey<StageTrace> Key = new(nameof(StageTrace));

    private readonly Lock _lock = new();
    private readonly List<LaneProtocol.TestStage> _done = [];
    private readonly long _created = time.GetTimestamp();
    private string? _current;
    private string? _detail;
    private long _started;
    private TimeSpan? _waited;
    private bool _isUnderWay;

    /// <summary>The trace of the request that a connection is opened for.</summary>
    public static StageTrace? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var trace) ? trace : null;

    public void Follow(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>A stage of the connection begins.</summary>
    public void Start(string name)
    {
        lock (_lock)
        {
            if (!_isUnderWay) Begin(name);
        }
    }

    public void Detail(string detail)
    {
        lock (_lock)
        {
            if (!_isUnderWay) _detail = detail;
        }
    }

    /// <summary>The connection stands.</summary>
    public void Connected()
    {
        lock (_lock)
        {
            if (!_isUnderWay) End(succeeded: true);
        }
    }

    /// <summary>The request itself: <c>request</c> while it is sent, then <c>status</c>.</summary>
    public void Go(string name)
    {
        lock (_lock)
        {
            _isUnderWay = true;
            Begin(name);
        }
    }

    public IReadOnlyList<LaneProtocol.TestStage> Finish(bool succeeded)
    {
        lock (_lock)
        {
            // What fails before the first stage (a secret that cannot be read) fails the request.
            if (!succeeded && _current is null) Begin("request");
            End(succeeded);
            _isUnderWay = true;
            return [.. _done];
        }
    }

    /// <summary>After <see cref="Finish"/>: the same in milliseconds.</summary>
    public AttemptPhases Phases()
    {
        lock (_lock)
        {
            return new AttemptPhases(
                Round(_waited ?? time.GetElapsedTime(_created)), Sum("resolve", "address"), Sum("connect"), Sum("tls"), Sum("request"), Sum("status"),
                Round(time.GetElapsedTime(_created)));
        }
    }

    private void Begin(string name)
    {
        _waited ??= time.GetElapsedTime(_created);
        End(succeeded: true);
        _current = name;
        _detail = null;
        _started = time.GetTimestamp();
    }

    private void End(bool succeeded)
    {
        if (_current is null) return;
        _done.Add(new LaneProtocol.TestStage(_current, succeeded, Round(time.GetElapsedTime(_started)), _detail));
        _current = null;
    }

    // A connection that broke before anything was sent over it is replaced: then a stage comes twice.
    private double? Sum(params ReadOnlySpan<string> names)
    {
        double? sum = null;
        foreach (var stage in _done)
            if (names.Contains(stage.Name)) sum = Math.Round((sum ?? 0) + stage.Milliseconds, 3);
        return sum;
    }

    private static double Round(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);
}
