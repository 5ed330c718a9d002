using Webhook.Actors.Events;

namespace Webhook.Actors.Delivery;

/// <summary>Consecutive events of one block on their way through a delivery stream. A class: Akka's stages take a struct's default for "nothing".</summary>
/// <remarks>Owns one reference to the block; whoever takes the run off the stream releases it once.</remarks>
internal sealed class EventRun(EventBlock block, int start, int end)
{
    public EventBlock Block => block;

    /// <summary>Index behind the last event to take.</summary>
    public int End => end;

    /// <summary>Index of the next event to take; moves forward while batches are cut off the run.</summary>
    public int Next { get; set; } = start;

    public bool IsExhausted => Next >= end;

    public void Release() => block.Release();
}
