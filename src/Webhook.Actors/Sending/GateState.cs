namespace Webhook.Actors.Sending;

internal enum GatePhase
{
    /// <summary>Attempts go as the window allows.</summary>
    Open,

    /// <summary>The receiver asked for a pause.</summary>
    Paused,

    /// <summary>A delivery failed for good or three times: nothing goes until the time is up.</summary>
    Inhibited,

    /// <summary>The time is up: the next attempt goes alone, and decides.</summary>
    ProbeDue,

    /// <summary>That attempt is under way.</summary>
    Probing,
}

/// <summary>Whether attempts of one lane may go: pure, times are arguments.</summary>
/// <param name="Until">Of a pause or an inhibition.</param>
/// <remarks>
/// <code>
/// Open --pause asked--> Paused --time up--> Open
///   |                      |
///   +--failed--> Inhibited &lt;+--failed
///                  |    ^
///           time up|    |probe failed
///                  v    |
///              ProbeDue --admitted--> Probing --answered--> Open
/// </code>
/// What was under way before an inhibition may still end well; that does not lift it.
/// </remarks>
internal readonly record struct GateState(GatePhase Phase, DateTimeOffset Until)
{
    public static readonly GateState Open = new(GatePhase.Open, default);

    public bool IsInhibiting => Phase is GatePhase.Inhibited or GatePhase.ProbeDue or GatePhase.Probing;

    /// <summary>An attempt ended after which there is no point in another one soon.</summary>
    /// <param name="isProbe">It was the probe; others that were under way change nothing any more.</param>
    public GateState Fail(bool isProbe, DateTimeOffset until) => Phase switch
    {
        GatePhase.Open or GatePhase.Paused => new GateState(GatePhase.Inhibited, until),
        _ when isProbe => new GateState(GatePhase.Inhibited, until),
        _ => this,
    };

    /// <summary>The receiver asked to be left alone.</summary>
    public GateState Pause(DateTimeOffset until) => Phase switch
    {
        GatePhase.Open => new GateState(GatePhase.Paused, until),
        GatePhase.Paused or GatePhase.Inhibited when until > Until => this with { Until = until },
        _ => this,
    };

    public GateState TimeUp() => Phase switch
    {
        GatePhase.Paused => Open,
        GatePhase.Inhibited => this with { Phase = GatePhase.ProbeDue },
        _ => this,
    };

    /// <summary>The receiver answered the probe and means it: it took the batch, or refused it for what is in it.</summary>
    public GateState Answered(bool isProbe) => isProbe ? Open : this;

    /// <summary>An attempt is let through.</summary>
    public GateState Admit() => Phase == GatePhase.ProbeDue ? this with { Phase = GatePhase.Probing } : this;

    /// <summary>The probe was given up before it ended.</summary>
    public GateState Abandon(bool isProbe) => isProbe && Phase == GatePhase.Probing ? this with { Phase = GatePhase.ProbeDue } : this;
}
