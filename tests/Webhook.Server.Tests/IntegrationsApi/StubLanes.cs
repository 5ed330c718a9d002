using Akka.Actor;
using Webhook.Actors.Integrations;

namespace Webhook.Server.Tests.IntegrationsApi;

/// <summary>What the stub answers, and what it was told last; shared with the test.</summary>
internal sealed class LaneScript
{
    public static readonly LaneProtocol.TestReport Success = new(
        true, [new LaneProtocol.TestStage("connect", true, 1.5, null), new LaneProtocol.TestStage("status", true, 20, null)], 204, null);

    public static readonly LaneProtocol.TestReport Failure = new(
        false, [new LaneProtocol.TestStage("connect", true, 1.5, null), new LaneProtocol.TestStage("status", false, 20, "500 Internal Server Error")], 500,
        "the receiver answered 500");

    private volatile LaneProtocol.TestReport _report = Success;
    private volatile LaneProtocol.Run? _run;

    public LaneProtocol.TestReport Report
    {
        get => _report;
        set => _report = value;
    }

    /// <summary>null: stopped or removed since.</summary>
    public LaneProtocol.Run? Running
    {
        get => _run;
        set => _run = value;
    }
}

/// <summary>Stands for the lanes' region: answers as its script says.</summary>
internal sealed class StubLanes(LaneScript script) : UntypedActor
{
    public static readonly DateTimeOffset Oldest = new(2026, 3, 1, 12, 0, 0, 500, TimeSpan.Zero);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LaneProtocol.Open open:
                Sender.Tell(new LaneProtocol.Opened(open.Lane));
                break;
            case LaneProtocol.Run run:
                script.Running = run;
                break;
            case LaneProtocol.Stop or LaneProtocol.Remove:
                script.Running = null;
                Sender.Tell(new LaneProtocol.Stopped(((LaneProtocol.ILaneCommand)message).Lane));
                break;
            case LaneProtocol.Test:
                Sender.Tell(script.Report);
                break;
            case LaneProtocol.GetProgress get:
                Sender.Tell(new LaneProtocol.Progress(get.Lane, script.Running is not null, 65536, 131072, Oldest, 2));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
