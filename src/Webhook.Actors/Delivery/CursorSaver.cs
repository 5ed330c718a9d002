using Webhook.Actors.EventLog;

namespace Webhook.Actors.Delivery;

/// <summary>Saves one lane's cursor: one save at a time, and none that says nothing new. Used by the lane's actor only.</summary>
internal sealed class CursorSaver(ICursorStore store, CursorKey key)
{
    /// <summary>What the store was last given; a save that failed is repeated with the next move: at worst events are sent twice.</summary>
    private long? _given;

    public bool IsSaving { get; private set; }

    public bool IsDue(long cursor) => !IsSaving && cursor != _given;

    public async Task<long?> LoadAsync(CancellationToken cancellation) => await store.LoadAsync(key, cancellation).ConfigureAwait(false);

    public void Loaded(long? cursor) => _given = cursor;

    public Task SaveAsync(long cursor, CancellationToken cancellation)
    {
        IsSaving = true;
        _given = cursor;
        return store.SaveAsync(key, cursor, cancellation).AsTask();
    }

    public void Saved() => IsSaving = false;

    public Task DeleteAsync(CancellationToken cancellation) => store.DeleteAsync(key, cancellation).AsTask();
}
