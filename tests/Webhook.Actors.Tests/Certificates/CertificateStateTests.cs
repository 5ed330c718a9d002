using System.Text.Json;
using CsCheck;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Actors.Tests.Integrations;
using static Webhook.Actors.Certificates.CertificateProtocol;

namespace Webhook.Actors.Tests.Certificates;

public class CertificateStateTests
{
    private static readonly Gen<object> Commands = Gen.OneOf<object>(
        Gen.Int[0, 30].Select(n => (object)new KeepKey($"key-{n}", "EC_P256", CertificateExample.Key)),
        Gen.Int[0, 5].Select(n => (object)CertificateExample.AddClient(publicKey: $"key-{n}")),
        Gen.Int[0, 30].Select(n => (object)(CertificateExample.AddClient(publicKey: $"key-{n}") with { Key = null })),
        Gen.Const((object)CertificateExample.AddCa()),
        Gen.Select(Gen.Long[1, 8], Gen.Int[0, 30], (id, n) => (object)new Renew(id, null, CertificateExample.Content($"key-{n}"))),
        Gen.Long[1, 8].Select(id => (object)new Delete(id)),
        Gen.Select(Gen.Long[1, 4], Gen.Long[1, 8].Array[0, 2], (user, ids) => (object)new CertificateUse.Claim(new IntegrationId(user), ids)),
        Gen.Select(Gen.Long[1, 4], Gen.Long[1, 8].Array[0, 2], (user, ids) => (object)new CertificateUse.Uses(new IntegrationId(user), ids, 1)));

    [Fact]
    public void AnyCommands_IdsAreNeverUsedTwiceAndNothingClaimedIsEverDeleted() => Commands.List[1, 60].Sample(commands =>
    {
        var (state, given, claimed) = (CertificateState.Empty, new HashSet<long>(), new Dictionary<long, HashSet<long>>());
        foreach (var command in commands)
        {
            (state, var reply) = Run(state, command);
            switch (command, reply)
            {
                case (Add, Done added) when !given.Add(added.Certificate.Id):
                    return false;
                case (Delete, Deleted deleted) when claimed.Values.Any(ids => ids.Contains(deleted.Id)):
                    return false;
                case (CertificateUse.Claim claim, CertificateUse.Claimed):
                    claimed.TryAdd(claim.Integration.Value, []);
                    claimed[claim.Integration.Value].UnionWith(claim.Certificates);
                    break;
                case (CertificateUse.Uses uses, _):
                    claimed[uses.Integration.Value] = [.. uses.Certificates];
                    break;
            }

            if (state.Keys.Count > CertificateState.MaxKeys) return false;
        }

        return true;
    });

    [Fact]
    public void AnyCommands_FromASnapshot_DecidesTheSame() => Gen.Select(Commands.List[0, 40], Commands).Sample((commands, last) =>
    {
        var state = commands.Aggregate(CertificateState.Empty, (s, c) => Run(s, c).State);
        var restored = CertificateState.FromSnapshot(state.ToSnapshot());
        return Json(Run(state, last).Reply) == Json(Run(restored, last).Reply) && Json(state.ToSnapshot()) == Json(restored.ToSnapshot());
    });

    [Fact]
    public void Add_ForAKeyThatWaits_TakesItAndEndsItsWaiting()
    {
        var kept = Run(CertificateState.Empty, new KeepKey("key-1", "EC_P256", new StoredSecret("waiting"))).State;

        var (state, reply) = Run(kept, CertificateExample.AddClient() with { Key = null });

        reply.ShouldBeOfType<Done>().Certificate.Id.ShouldBe(1);
        state.Certificates[1].Key.ShouldBe(new StoredSecret("waiting"));
        state.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void Add_ForTheKeyOfACertificateThatIsHere_GetsAnIdOfItsOwn()
    {
        var one = Run(CertificateState.Empty, CertificateExample.AddClient()).State;

        var (state, reply) = Run(one, CertificateExample.AddClient("second") with { Key = null });

        reply.ShouldBeOfType<Done>().Certificate.Id.ShouldBe(2);
        state.Certificates[2].Key.ShouldBe(CertificateExample.Key);
    }

    [Fact]
    public void Add_ForAKeyThatWaitedTooLong_FindsNoKey()
    {
        var kept = Run(CertificateState.Empty, new KeepKey("key-1", "EC_P256", CertificateExample.Key)).State;
        var late = Example.Now + CertificateState.KeyLifetime;

        Run(kept, CertificateExample.AddClient() with { Key = null }, late).Reply.ShouldBe(new NoKey());
        Run(kept, new FindKey(["other", "key-1"]), late).Reply.ShouldBe(new KeyFound(null));
        Run(kept, new FindKey(["other", "key-1"])).Reply.ShouldBe(new KeyFound("key-1"));
        kept.Due(late).ShouldBe([new CertificateEvents.KeyDropped("key-1", Expired: true)]);
        kept.Due(late.AddTicks(-1)).ShouldBeEmpty();
    }

    [Fact]
    public void Add_ThousandAreThere_IsFull()
    {
        var state = Enumerable.Range(0, CertificateState.MaxCertificates).Aggregate(CertificateState.Empty, (s, _) => Run(s, CertificateExample.AddCa()).State);

        Run(state, CertificateExample.AddCa()).Reply.ShouldBe(new Full(1000));
        Run(Run(state, new Delete(7)).State, CertificateExample.AddCa()).Reply.ShouldBeOfType<Done>().Certificate.Id.ShouldBe(1001);
    }

    [Fact]
    public void KeepKey_TwentyWait_TheOldestGoes()
    {
        var state = Enumerable.Range(0, CertificateState.MaxKeys).Aggregate(CertificateState.Empty, (s, n) => Run(s, new KeepKey($"key-{n}", "EC_P256", CertificateExample.Key)).State);

        var (events, _) = state.Decide(new KeepKey("key-20", "RSA_2048", CertificateExample.Key), Example.Now);

        events.Select(e => e.ToString()).First().ShouldBe(new CertificateEvents.KeyDropped("key-0", Expired: false).ToString());
        events.Length.ShouldBe(2);
        events.Aggregate(state, (s, e) => s.Apply(e)).Keys.Select(k => k.PublicKey).ShouldBe(Enumerable.Range(1, 20).Select(n => $"key-{n}"));
    }

    [Fact]
    public void Renew_SameKeyOrOneThatWaits_IsTheNextVersion()
    {
        var state = Run(CertificateState.Empty, CertificateExample.AddClient()).State;
        state = Run(state, new KeepKey("key-2", "EC_P256", new StoredSecret("waiting"))).State;

        Run(state, new Renew(1, null, CertificateExample.Content("key-3"))).Reply.ShouldBe(new NoKey());
        Run(state, new Renew(9, null, CertificateExample.Content())).Reply.ShouldBe(new Unknown(9));
        var same = Run(state, new Renew(1, null, CertificateExample.Content("key-1"))).State.Certificates[1];
        (same.Version, same.Name, same.Key).ShouldBe((2, "client", CertificateExample.Key));
        var (other, _) = Run(state, new Renew(1, "renamed", CertificateExample.Content("key-2")));
        (other.Certificates[1].Version, other.Certificates[1].Name, other.Certificates[1].Key).ShouldBe((2, "renamed", new StoredSecret("waiting")));
        other.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void Renew_KeyOfAnotherCertificate_IsRefused()
    {
        var state = Run(Run(CertificateState.Empty, CertificateExample.AddClient()).State, CertificateExample.AddClient(publicKey: "key-2")).State;

        Run(state, new Renew(1, null, CertificateExample.Content("key-2"))).Reply.ShouldBe(new NoKey());
    }

    [Fact]
    public void Renew_Authority_NeedsNoKey()
    {
        var state = Run(CertificateState.Empty, CertificateExample.AddCa()).State;

        Run(state, new Renew(1, null, CertificateExample.Content("another"))).State.Certificates[1].Version.ShouldBe(2);
    }

    [Fact]
    public void Open_VersionThatIsKnown_IsUnchanged()
    {
        var state = Run(CertificateState.Empty, CertificateExample.AddClient()).State;

        Run(state, new Open(1, 1)).Reply.ShouldBe(new Unchanged(1));
        Run(state, new Open(1, 0)).Reply.ShouldBeOfType<Opened>().Material.ShouldBe(new(1, 1, "pem", "chain", CertificateExample.Key));
        Run(state, new Open(2, 0)).Reply.ShouldBe(new Unknown(2));
    }

    [Fact]
    public void Delete_ClaimedOrUsed_IsRefusedAndNamesTheUsers()
    {
        var state = Run(CertificateState.Empty, CertificateExample.AddClient()).State;
        state = Run(state, new CertificateUse.Claim(new IntegrationId(5), [1])).State;
        state = Run(state, new CertificateUse.Uses(new IntegrationId(3), [1], 1)).State;

        Run(state, new Delete(1)).Reply.ShouldBeOfType<InUse>().Users.ShouldBe([new IntegrationId(3), new IntegrationId(5)]);
        state = Run(state, new CertificateUse.Uses(new IntegrationId(5), [], 1)).State;
        state = Run(state, new CertificateUse.Uses(new IntegrationId(3), [], 1)).State;
        Run(state, new Delete(1)).Reply.ShouldBe(new Deleted(1));
    }

    [Fact]
    public void Claim_OneOfThemIsGone_ClaimsNothing()
    {
        var state = Run(CertificateState.Empty, CertificateExample.AddClient()).State;

        var (after, reply) = Run(state, new CertificateUse.Claim(new IntegrationId(5), [1, 2]));

        reply.ShouldBe(new CertificateUse.Gone(new IntegrationId(5), 2));
        Run(after, new Delete(1)).Reply.ShouldBe(new Deleted(1));
    }

    [Fact]
    public void List_MoreThanAPage_GoesOnAfterTheLast()
    {
        var state = Enumerable.Range(0, 60).Aggregate(CertificateState.Empty, (s, _) => Run(s, CertificateExample.AddCa()).State);

        var first = Run(state, new List(0)).Reply.ShouldBeOfType<Page>();
        var second = Run(state, new List(first.Certificates[^1].Id)).Reply.ShouldBeOfType<Page>();

        (first.Certificates.Count, first.IsLast, second.Certificates.Count, second.IsLast).ShouldBe((50, false, 10, true));
    }

    private static (CertificateState State, object Reply) Run(CertificateState state, object command, DateTimeOffset? now = null)
    {
        if (command is ICommand own)
        {
            var (events, reply) = state.Decide(own, now ?? Example.Now);
            return (events.Aggregate(state, (s, e) => s.Apply(e)), reply);
        }

        var (changes, answer) = state.Decide((CertificateUse.ICommand)command, now ?? Example.Now);
        return (changes.Aggregate(state, (s, e) => s.Apply(e)), answer);
    }

    private static string Json(object o) => JsonSerializer.Serialize(o, o.GetType());
}
