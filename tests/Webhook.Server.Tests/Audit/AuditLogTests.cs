using Microsoft.Extensions.Time.Testing;
using Webhook.Server.Audit;
using Webhook.Testing;

namespace Webhook.Server.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private static readonly AuditActor Alice = new("alice", "Admin", "192.0.2.1");
    private static readonly AuditActor Bob = new("bob", "Admin", "192.0.2.2");

    private readonly TemporaryFolder _data = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));

    private string Current => Path.Combine(_data.Path, "audit.jsonl");

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Finish_Change_StandsInTheFileToTheLetter()
    {
        var log = Open();
        var begun = log.Begin(Alice, "integration.update", new AuditObject("integration", "7", null));
        log.Finish(begun with
        {
            Object = begun.Object with { Name = "edge" },
            Outcome = new AuditOutcome(200, null),
            Changes = [new AuditChange("delivery.ordered", false, true), AuditChange.OfSecret("connectionInfo.secret")],
        });

        File.ReadAllText(Current).ShouldBe("""
            {"id":1,"time":"2026-11-24T00:00:00Z","who":{"key":"alice","role":"Admin","address":"192.0.2.1"},"action":"integration.update","object":{"kind":"integration","id":"7"}}
            {"id":1,"time":"2026-11-24T00:00:00Z","who":{"key":"alice","role":"Admin","address":"192.0.2.1"},"action":"integration.update","object":{"kind":"integration","id":"7","name":"edge"},"outcome":{"status":200},"changes":[{"field":"delivery.ordered","old":false,"new":true},{"field":"connectionInfo.secret","secret":"changed"}]}

            """);
    }

    [Fact]
    public void Begin_OnUnix_OnlyTheOwnerMayRead()
    {
        if (OperatingSystem.IsWindows()) return;
        Change(Open(), Alice, "key.create");

        File.GetUnixFileMode(Current).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Read_ChangesThatOverlap_NewestBegunFirstEachOnce()
    {
        var log = Open();
        var first = Begin(log, Alice, "integration.test");
        Change(log, Bob, "key.create");
        log.Finish(first with { Outcome = new AuditOutcome(409, "test_failed") });

        var page = log.Read(All);

        page.Data.Select(r => (r.Id, r.Who.Key, r.Outcome!.Status)).ShouldBe([(2, "bob", 201), (1, "alice", 409)]);
        page.Next.ShouldBeNull();
        page.Unreadable.ShouldBeNull();
    }

    [Fact]
    public void Read_ChangeWithoutOutcome_ShowsThatItWasTried()
    {
        Begin(Open(), Alice, "integration.delete");

        Open().Read(All).Data.ShouldHaveSingleItem().Outcome.ShouldBeNull();
    }

    [Fact]
    public void Read_Filters_OnlyWhatIsAskedFor()
    {
        var log = Open();
        for (var i = 0; i < 10; i++) Change(log, i % 2 == 0 ? Alice : Bob, i < 6 ? "key.create" : "key.delete");

        Ids(log.Read(All with { Who = "alice" })).ShouldBe([9, 7, 5, 3, 1]);
        Ids(log.Read(All with { Action = "key.delete" })).ShouldBe([10, 9, 8, 7]);
        Ids(log.Read(All with { Action = "key.delete", Who = "bob" })).ShouldBe([10, 8]);
        var page = log.Read(All with { Limit = 4 });
        Ids(page).ShouldBe([10, 9, 8, 7]);
        page.Next.ShouldBe(7);
        Ids(log.Read(All with { Limit = 4, Before = page.Next })).ShouldBe([6, 5, 4, 3]);
        Ids(log.Read(All with { Before = 1 })).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"id\":3,\"time\":\"2026-")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Begin_AfterALineCutOffByACrash_GoesOnOnALineOfItsOwn(string half)
    {
        var log = Open();
        Change(log, Alice, "key.create");
        Change(log, Alice, "key.create");
        File.AppendAllText(Current, half);

        log = Open();
        Change(log, Bob, "key.delete");

        var page = log.Read(All);
        Ids(page).ShouldBe([3, 2, 1]);
        page.Unreadable.ShouldBe(half.Length == 0 ? null : 1);
    }

    [Fact]
    public void Begin_FileFull_GoesOnInTheNextAndKeepsOnlySoMany()
    {
        var options = new AuditOptions { MaxFileBytes = 2000, MaxFiles = 3 };
        var log = Open(options);
        for (var i = 0; i < 40; i++) Change(log, Alice, "key.create");

        var files = Directory.GetFiles(_data.Path, "audit*.jsonl");
        files.Length.ShouldBe(3);
        files.ShouldAllBe(file => new FileInfo(file).Length <= 2000);
        var ids = Ids(log.Read(All));
        ids.ShouldBe(Enumerable.Range(0, ids.Count).Select(i => 40L - i));
        ids.Count.ShouldBeInRange(10, 30);
        Change(Open(options), Alice, "key.create");
        Ids(Open(options).Read(All with { Limit = 1 })).ShouldBe([41]);
    }

    [Fact]
    public void Read_OutcomeWhoseBeginningIsDeleted_IsTheOldest()
    {
        var log = Open();
        var first = Begin(log, Alice, "integration.test");
        File.Delete(Current);
        Change(log, Bob, "key.create");
        log.Finish(first with { Outcome = new AuditOutcome(200, null) });

        Ids(log.Read(All)).ShouldBe([2, 1]);
    }

    [Fact]
    public void Begin_DiskFull_ThrowsAndGoesOnWhenThereIsRoom()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.CreateSymbolicLink(Current, "/dev/full");
        var log = Open();

        Should.Throw<IOException>(() => Change(log, Alice, "key.create"));

        File.Delete(Current);
        Change(log, Alice, "key.create");
        log.Read(All).Data.ShouldHaveSingleItem().Outcome!.Status.ShouldBe(201);
    }

    [Fact]
    public async Task Begin_ManyAtOnce_EveryLineIsWholeAndEveryIdItsOwn()
    {
        var log = Open(new AuditOptions { MaxFileBytes = 4000, MaxFiles = 1000 });

        await Parallel.ForAsync(0, 200, (i, _) =>
        {
            Change(log, Alice, "key.create");
            if (i % 20 == 0) log.Read(All).Unreadable.ShouldBeNull();
            return ValueTask.CompletedTask;
        });

        Ids(log.Read(All)).ShouldBe(Enumerable.Range(0, 200).Select(i => 200L - i));
    }

    private static AuditQuery All => new(1000, null, null, null);

    private static List<long> Ids(AuditPage page) => [.. page.Data.Select(r => r.Id)];

    private static AuditRecord Begin(AuditLog log, AuditActor who, string action) => log.Begin(who, action, new AuditObject(action.Split('.')[0], null, null));

    private static void Change(AuditLog log, AuditActor who, string action) => log.Finish(Begin(log, who, action) with { Outcome = new AuditOutcome(201, null) });

    private AuditLog Open(AuditOptions? options = null) => new(new AuditFiles(_data.Path, options ?? new AuditOptions()), _time);
}
