using CsCheck;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Integrations.CatalogProtocol;

namespace Webhook.Actors.Tests.Integrations;

public class CatalogStateTests
{
    private static readonly Gen<ICatalogCommand> Commands = Gen.OneOf<ICatalogCommand>(
        Gen.Int[0, 5].Select(n => (ICatalogCommand)new Add($"n{n}")),
        Gen.Select(Gen.Long[1, 12], Gen.Int[0, 5], (id, n) => (ICatalogCommand)new Rename(new IntegrationId(id), $"n{n}")),
        Gen.Long[1, 12].Select(id => (ICatalogCommand)new Remove(new IntegrationId(id))));

    [Fact]
    public void AnyCommands_NamesAreUniqueAndIdsNeverUsedTwice() => Commands.List[1, 60].Sample(commands =>
    {
        var (state, given) = (CatalogState.Empty, new HashSet<long>());
        foreach (var command in commands)
        {
            (state, var reply) = Run(state, command);
            if (reply is Added added && !given.Add(added.Entry.Id.Value)) return false;
            if (state.Entries.Values.Select(e => e.Name).Distinct().Count() != state.Entries.Count) return false;
        }

        return true;
    });

    [Fact]
    public void AnyCommands_FromASnapshot_DecidesTheSame() => Gen.Select(Commands.List[0, 40], Commands).Sample((commands, last) =>
    {
        var state = commands.Aggregate(CatalogState.Empty, (s, c) => Run(s, c).State);
        return Run(state, last).Reply.Equals(Run(CatalogState.FromSnapshot(state.ToSnapshot()), last).Reply);
    });

    [Fact]
    public void Decide_NameOfAnother_IsTaken()
    {
        var two = Run(Run(CatalogState.Empty, new Add("a")).State, new Add("b")).State;

        Run(two, new Add("a")).Reply.ShouldBe(new NameTaken("a", new IntegrationId(1)));
        Run(two, new Rename(new IntegrationId(2), "a")).Reply.ShouldBe(new NameTaken("a", new IntegrationId(1)));
        Run(two, new Rename(new IntegrationId(2), "b")).Reply.ShouldBe(new Renamed(new CatalogEntry(new IntegrationId(2), "b", Example.Now), "b"));
        Run(two, new Add("A")).Reply.ShouldBeOfType<Added>();
        Run(two, new Rename(new IntegrationId(3), "c")).Reply.ShouldBe(new Unknown(new IntegrationId(3)));
        Run(two, new Find(new IntegrationId(3))).Reply.ShouldBe(new Unknown(new IntegrationId(3)));
    }

    [Fact]
    public void Decide_List_GoesThroughAllInPages()
    {
        var state = Enumerable.Range(0, 450).Aggregate(CatalogState.Empty, (s, i) => Run(s, new Add($"n{i}")).State);
        var first = Run(state, new List(new IntegrationId(0))).Reply.ShouldBeOfType<Page>();
        var last = Run(state, new List(new IntegrationId(400))).Reply.ShouldBeOfType<Page>();

        (first.Entries.Count, first.IsLast).ShouldBe((200, false));
        (last.Entries.Count, last.IsLast).ShouldBe((50, true));
        Run(state, new List(new IntegrationId(250))).Reply.ShouldBeOfType<Page>().IsLast.ShouldBeTrue();
    }

    [Fact]
    public void Missing_YoungEntry_Stays()
    {
        var state = Run(CatalogState.Empty, new Add("a")).State;

        state.Missing(new IntegrationId(1), Example.Now + CatalogState.TimeToCreate).ShouldBeNull();
        state.Missing(new IntegrationId(1), Example.Now + CatalogState.TimeToCreate + TimeSpan.FromTicks(1)).ShouldBe(new CatalogEvents.IntegrationRemoved(new IntegrationId(1)));
        state.Missing(new IntegrationId(2), DateTimeOffset.MaxValue).ShouldBeNull();
    }

    private static (CatalogState State, ICatalogReply Reply) Run(CatalogState state, ICatalogCommand command)
    {
        var (happened, reply) = state.Decide(command, Example.Now);
        return (happened is null ? state : state.Apply(happened), reply);
    }
}
