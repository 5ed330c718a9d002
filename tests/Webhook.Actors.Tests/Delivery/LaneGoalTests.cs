using Webhook.Actors.Delivery;
using Webhook.Actors.Integrations;
using Webhook.Actors.Tests.Sending;

namespace Webhook.Actors.Tests.Delivery;

public class LaneGoalTests
{
    private static readonly LaneId Lane = Examples.Lane;

    [Fact]
    public void With_OlderRevision_ChangesNothing()
    {
        var goal = LaneGoal.Nothing.With(Run(5));

        goal.With(Run(4)).ShouldBe(goal);
        goal.With(Run(5)).Next(LanePhase.Running, 5).ShouldBe(LaneStep.None);
        goal.With(Run(6)).Run!.Revision.ShouldBe(6);
    }

    [Fact]
    public void With_RunAfterStop_RunsAgain() =>
        LaneGoal.Nothing.With(Run(5)).With(new LaneProtocol.Stop(Lane)).With(Run(5)).Run!.Revision.ShouldBe(5);

    [Fact]
    public void With_RunAfterRemoveOrLeaving_StaysStopped()
    {
        LaneGoal.Nothing.With(new LaneProtocol.Remove(Lane)).With(Run(1)).Run.ShouldBeNull();
        LaneGoal.Nothing.Leaving().With(Run(1)).Run.ShouldBeNull();
    }

    [Fact]
    public void Next_EveryPhaseAndGoal_IsOneOfTheTable()
    {
        var goals = new (string Name, LaneGoal Goal)[]
        {
            ("nothing", LaneGoal.Nothing), ("same", LaneGoal.Nothing.With(Run(1))), ("newer", LaneGoal.Nothing.With(Run(2))),
            ("removed", LaneGoal.Nothing.With(new LaneProtocol.Remove(Lane))), ("leaving", LaneGoal.Nothing.Leaving()),
        };

        var table = Enum.GetValues<LanePhase>().Select(phase =>
            $"{phase}: " + string.Join(", ", goals.Select(g => $"{g.Name} {g.Goal.Next(phase, 1)}"))).ToList();

        table.ShouldBe(
        [
            "Idle: nothing Rest, same Start, newer Start, removed Remove, leaving Leave",
            "Starting: nothing Reset, same None, newer None, removed Reset, leaving Reset",
            "Running: nothing Drain, same None, newer Retire, removed Drain, leaving Drain",
            "Backoff: nothing Reset, same None, newer Reset, removed Reset, leaving Reset",
            "Stopping: nothing None, same None, newer None, removed None, leaving None",
            "Removing: nothing None, same None, newer None, removed None, leaving None",
        ]);
    }

    private static LaneProtocol.Run Run(long revision) => new(Lane, revision, Examples.Settings());
}
