using Akka.Actor;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Delivery;

/// <summary>Sent by sharding when a lane moves or its node stops: drain, save, stop. Never leaves the process.</summary>
internal sealed record LaneHandOff : INoSerializationVerificationNeeded
{
    public static readonly LaneHandOff Instance = new();
}

/// <summary>A lane's timers; each is its own key.</summary>
internal abstract record Tick : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
{
    private Tick()
    {
    }

    internal sealed record StartAgain : Tick
    {
        public static readonly StartAgain Instance = new();
    }

    internal sealed record SaveCursor : Tick
    {
        public static readonly SaveCursor Instance = new();
    }

    internal sealed record GiveUp : Tick
    {
        public static readonly GiveUp Instance = new();
    }
}

/// <summary>From the ledger: there is something to save.</summary>
internal sealed record CursorMoved : INoSerializationVerificationNeeded
{
    public static readonly CursorMoved Instance = new();
}

/// <param name="Start">Which start asked for it.</param>
internal sealed record CursorLoaded(int Start, Cursor? Cursor) : INoSerializationVerificationNeeded;

internal sealed record CursorNotLoaded(int Start, Exception Cause) : INoSerializationVerificationNeeded;

/// <param name="Cause">null: it is saved.</param>
internal sealed record CursorSaved(Exception? Cause) : INoSerializationVerificationNeeded;

/// <summary>The run is over and its ledger closed.</summary>
internal sealed record RunClosed(LaneRun Run, Exception? Cause) : INoSerializationVerificationNeeded;

/// <param name="Cause">null: it is gone.</param>
internal sealed record CursorDeleted(Exception? Cause) : INoSerializationVerificationNeeded;
