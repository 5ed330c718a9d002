using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Delivery;

/// <summary>What of an integration's attempts is asked for; null: all.</summary>
internal sealed record DeliveryFilter(string? Outcome = null, string? Batch = null)
{
    public bool Matches(DeliveryAttempt attempt) => (Outcome is null || attempt.Outcome == Outcome) && (Batch is null || attempt.Batch == Batch);
}

/// <summary>
/// The newest attempts of each integration. They gather in memory and are stored a second after the first of them, and at the end; a kill costs that second. Nothing here ever fails a
/// delivery: what cannot be stored waits, the newest of each integration, and is said once a minute.
/// </summary>
internal sealed class DeliveryLog : IAsyncDisposable
{
    private static readonly TimeSpan FlushAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan ComplainEvery = TimeSpan.FromMinutes(1);

    private readonly IAttemptStore _store;
    private readonly DeliveryLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DeliveryLog> _logger;
    private readonly ITimer _flush;
    private readonly ITimer _expiry;
    private readonly WaitingAttempts _waiting;

    // Held while attempts move from memory to the store, so that who reads both sees each of them once.
    private readonly SemaphoreSlim _moving = new(1);
    private readonly Lock _lock = new();

    // Under _lock. The timer runs only while something waits: an idle forwarder does nothing.
    private bool _isArmed;
    private bool _isClosed;
    private long? _complainedAt;

    public DeliveryLog(IAttemptStore store, DeliveryLogOptions options, TimeProvider time, ILogger<DeliveryLog> logger)
    {
        _store = store;
        _options = options;
        _time = time;
        _logger = logger;
        _waiting = new WaitingAttempts(options.MaxPerIntegration);
        _flush = time.CreateTimer(static log => _ = ((DeliveryLog)log!).FlushAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _expiry = time.CreateTimer(static log => _ = ((DeliveryLog)log!).ExpireAsync(), this, ExpireEvery, ExpireEvery);
    }

    /// <summary>The attempts of now, before they are stored.</summary>
    public DeliveryFeed Feed { get; } = new();

    /// <summary>Costs a short lock. On any thread.</summary>
    public void Add(IntegrationId integration, DeliveryAttempt attempt)
    {
        _waiting.Add(integration, attempt);
        Arm();
        Feed.Publish(integration, attempt);
    }

    /// <summary>Newest first, also those that are not stored yet.</summary>
    /// <exception cref="EventLogException">The store cannot be read now.</exception>
    public async Task<IReadOnlyList<DeliveryAttempt>> ListAsync(IntegrationId integration, int limit, DeliveryFilter filter, CancellationToken cancellation)
    {
        await _moving.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var stored = await _store.ListAsync(integration.Value, _options.MaxPerIntegration, cancellation).ConfigureAwait(false);
            var since = _time.GetUtcNow() - _options.RetentionAge;
            return
            [
                .. _waiting.NewestFirst(integration).Concat(stored.Select(static record => DeliveryAttempt.FromJson(record.Span)).OfType<DeliveryAttempt>())
                    .Take(_options.MaxPerIntegration).Where(a => a.StartedAt >= since && filter.Matches(a)).Take(limit),
            ];
        }
        finally
        {
            _moving.Release();
        }
    }

    /// <summary>The integration is gone.</summary>
    /// <exception cref="EventLogException">The store cannot be written now; what it has goes with its age.</exception>
    public async Task RemoveAsync(IntegrationId integration, CancellationToken cancellation)
    {
        await _moving.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _waiting.Remove(integration);
            await _store.RemoveAsync(integration.Value, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _moving.Release();
        }
    }

    /// <summary>Stores what waits. The container disposes this before the store.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
        }

        await _flush.DisposeAsync().ConfigureAwait(false);
        await _expiry.DisposeAsync().ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        await _moving.WaitAsync().ConfigureAwait(false);
        try
        {
            lock (_lock) _isArmed = false;
            foreach (var (integration, attempts) in _waiting.All())
            {
                ReadOnlyMemory<byte>[] records = [.. attempts.Select(static w => (ReadOnlyMemory<byte>)w.Attempt.ToJson())];
                await _store.AppendAsync(integration.Value, records, _options.MaxPerIntegration, CancellationToken.None).ConfigureAwait(false);
                _waiting.Stored(integration, attempts[^1].Number);
            }
        }
        catch (EventLogException e)
        {
            Complain(e, "stored");
            Arm();
        }
        finally
        {
            _moving.Release();
        }
    }

    private async Task ExpireAsync()
    {
        try
        {
            await _store.ExpireAsync(_time.GetUtcNow() - _options.RetentionAge, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EventLogException e)
        {
            Complain(e, "dropped when they were too old");
        }
    }

    private void Arm()
    {
        lock (_lock)
        {
            if (_isArmed || _isClosed) return;
            _isArmed = true;
            _flush.Change(FlushAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void Complain(EventLogException e, string what)
    {
        lock (_lock)
        {
            if (_complainedAt is { } last && _time.GetElapsedTime(last) < ComplainEvery) return;
            _complainedAt = _time.GetTimestamp();
        }

        _logger.LogWarning(e, "Attempts for the delivery log could not be {What}; deliveries go on, and the newest {Max} of each integration wait", what, _options.MaxPerIntegration);
    }
}

internal static class DeliveryLogServices
{
    /// <summary>Needs <see cref="IAttemptStore"/>, <see cref="TimeProvider"/> and options of <see cref="DeliveryLogOptions"/>.</summary>
    public static IServiceCollection AddDeliveryLog(this IServiceCollection services) => services.AddSingleton(static s => new DeliveryLog(
        s.GetRequiredService<IAttemptStore>(), s.GetRequiredService<IOptions<DeliveryLogOptions>>().Value, s.GetRequiredService<TimeProvider>(),
        s.GetRequiredService<ILogger<DeliveryLog>>()));
}
