using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>What every implementation of <see cref="IDeadLetterStore"/> does. A database joins by deriving from it.</summary>
public abstract class DeadLetterCompliance : IAsyncLifetime
{
    private const long Integration = 7;
    private const long Other = 8;

    private IAsyncDisposable _owner = null!;

    private protected IDeadLetterStore Store { get; private set; } = null!;

    public Task InitializeAsync() => OpenAgainAsync();

    public async Task DisposeAsync() => await _owner.DisposeAsync();

    private protected abstract ValueTask<(IAsyncDisposable Owner, IDeadLetterStore Store)> OpenAsync();

    private protected async Task ReopenAsync()
    {
        await _owner.DisposeAsync();
        await OpenAgainAsync();
    }

    [Fact]
    public async Task NewStore_HasNothing()
    {
        Store.Counts().ShouldBeEmpty();
        (await Store.SequencesAsync()).ShouldBeEmpty();
        (await Store.FindAsync(Integration, new DeadLetterId(0, 1), CancellationToken.None)).ShouldBeNull();
        (await Store.RemoveAsync(Integration, [new DeadLetterId(0, 1)], CancellationToken.None)).ShouldBe(0);
        (await Store.RemoveAllAsync(Integration, CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task AddAsync_EveryPart_IsThereAlsoAfterReopening()
    {
        DeadLetter[] letters = [Letters.Of(5), Letters.Of(6, Other), Letters.Of(7) with { StatusCode = null, Answer = "" }, Letters.Of(long.MaxValue - 5_000_000_000_000_000_000, partition: 65_535)];
        await AddAsync(letters);
        for (var round = 0; round < 2; round++)
        {
            foreach (var letter in letters)
                (await Store.FindAsync(letter.Integration, letter.Id, CancellationToken.None))!.Text().ShouldBe(letter.Text());
            Store.Counts().ShouldBe(new Dictionary<long, long> { [Integration] = 3, [Other] = 1 }, ignoreOrder: true);
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task AddAsync_OneThatIsThere_ReplacesItAndCountsItOnce()
    {
        await AddAsync(Letters.Of(1), Letters.Of(2));
        var again = Letters.Of(1) with { Reason = "again", RefusedAt = Letters.Start.AddDays(1) };
        await AddAsync(Letters.Of(3), again, again);
        Store.Counts()[Integration].ShouldBe(3);
        (await Store.FindAsync(Integration, again.Id, CancellationToken.None))!.Text().ShouldBe(again.Text());
        await ReopenAsync();
        Store.Counts()[Integration].ShouldBe(3);
    }

    [Fact]
    public async Task ListAsync_PageByPage_EveryOneOnceInTheOrderOfTheLog()
    {
        await AddAsync([.. Letters.Of(1..24).Reverse(), .. Letters.Of(1..5, Other), Letters.Of(2, partition: 1)]);
        var seen = new List<DeadLetterId>();
        while (await Store.ListAsync(Integration, new DeadLetterFilter(), seen.Count == 0 ? null : seen[^1], 5, CancellationToken.None) is { Count: > 0 } page)
            seen.AddRange(page.Select(l => l.Id));
        seen.ShouldBe([.. Enumerable.Range(1, 23).Select(n => new DeadLetterId(0, n)), new DeadLetterId(1, 2)]);
    }

    [Fact]
    public async Task ListAsync_AfterOneThatIsGone_GoesOnBehindIt()
    {
        await AddAsync(Letters.Of(1..6));
        await Store.RemoveAsync(Integration, [new DeadLetterId(0, 3)], CancellationToken.None);
        (await Store.SequencesAsync(after: new DeadLetterId(0, 3))).ShouldBe([4L, 5L]);
    }

    [Fact]
    public async Task ListAsyncAndCountAsync_Filters_FindExactlyWhatMatches()
    {
        await AddAsync([.. Letters.Of(1..31), .. Letters.Of(1..31, Other)]);
        await CheckAsync(new DeadLetterFilter(Channel: "ACTIVITY_AUDIT"), n => n % 2 == 1);
        await CheckAsync(new DeadLetterFilter(Channel: "ACTIVITY"), _ => false);
        await CheckAsync(new DeadLetterFilter(StatusCode: 422), n => n % 3 == 0);
        await CheckAsync(new DeadLetterFilter(RefusedFrom: Letters.Start.AddMinutes(10)), n => n >= 10);
        await CheckAsync(new DeadLetterFilter(RefusedUntil: Letters.Start.AddMinutes(10)), n => n < 10);
        await CheckAsync(new DeadLetterFilter(Text: "FIELD n1"), n => n % 5 != 0 && n is 1 or >= 11 and < 15 or >= 16 and < 20);
        await CheckAsync(new DeadLetterFilter(Text: "FÜR №30"), n => n == 30);
        await CheckAsync(new DeadLetterFilter("SECURE_EVENTS_POLICIES", 400, Letters.Start.AddMinutes(5), Letters.Start.AddMinutes(20), "bad"), n => n is 8 or 14 or 16);
        await CheckAsync(new DeadLetterFilter(), _ => true);

        (await Store.SequencesAsync(filter: new DeadLetterFilter(StatusCode: 422), after: new DeadLetterId(0, 6), limit: 2)).ShouldBe([9L, 12L]);
    }

    [Fact]
    public async Task RemoveAsync_SomeOfThem_GoneForGoodAndCounted()
    {
        await AddAsync([.. Letters.Of(1..11), .. Letters.Of(1..3, Other)]);
        (await Store.RemoveAsync(Integration, [new DeadLetterId(0, 2), new DeadLetterId(0, 2), new DeadLetterId(0, 99)], CancellationToken.None)).ShouldBe(1);
        (await Store.RemoveAsync(Integration, [new DeadLetterId(0, 9), new DeadLetterId(0, 10)], CancellationToken.None)).ShouldBe(2);
        await ReopenAsync();
        (await Store.SequencesAsync()).ShouldBe([1L, 3, 4, 5, 6, 7, 8]);
        Store.Counts().ShouldBe(new Dictionary<long, long> { [Integration] = 7, [Other] = 2 }, ignoreOrder: true);
    }

    [Fact]
    public async Task RemoveAllAsync_OneIntegration_TheOthersStay()
    {
        await AddAsync([.. Letters.Of(1..11), .. Letters.Of(1..3, Other), Letters.Of(5, partition: 65_535)]);
        (await Store.RemoveAllAsync(Integration, CancellationToken.None)).ShouldBe(11);
        await AddAsync(Letters.Of(20));
        await ReopenAsync();
        (await Store.SequencesAsync()).ShouldBe([20L]);
        (await Store.SequencesAsync(Other)).ShouldBe([1L, 2L]);
        (await Store.RemoveAllAsync(Integration, CancellationToken.None)).ShouldBe(1);
        Store.Counts().Keys.ShouldBe([Other]);
    }

    [Fact]
    public async Task ExpireAsync_ByAge_ThoseRefusedBeforeGo()
    {
        await AddAsync([.. Letters.Of(1..11), .. Letters.Of(8..13, Other)]);
        (await Store.ExpireAsync(Letters.Start.AddMinutes(9), 100, CancellationToken.None)).ShouldBe(new Dictionary<long, long> { [Integration] = 8, [Other] = 1 }, ignoreOrder: true);
        (await Store.ExpireAsync(Letters.Start.AddMinutes(9), 100, CancellationToken.None)).ShouldBeEmpty();
        await ReopenAsync();
        (await Store.SequencesAsync()).ShouldBe([9L, 10]);
        (await Store.SequencesAsync(Other)).ShouldBe([9L, 10, 11, 12]);
        Store.Counts().ShouldBe(new Dictionary<long, long> { [Integration] = 2, [Other] = 4 }, ignoreOrder: true);
    }

    [Fact]
    public async Task ExpireAsync_ByNumber_TheOldestRefusedGoWhereverTheyAreInTheLog()
    {
        await AddAsync([.. Letters.Of(1..11).Select(l => l with { RefusedAt = Letters.Start.AddMinutes(-l.Id.Sequence) })]);
        (await Store.ExpireAsync(DateTimeOffset.MinValue, 4, CancellationToken.None)).ShouldBe(new Dictionary<long, long> { [Integration] = 6 });
        (await Store.SequencesAsync()).ShouldBe([1L, 2, 3, 4]);
        (await Store.ExpireAsync(Letters.Start.AddMinutes(-2), 4, CancellationToken.None)).ShouldBe(new Dictionary<long, long> { [Integration] = 2 });
        (await Store.SequencesAsync()).ShouldBe([1L, 2]);
    }

    [Fact]
    public async Task ExpireAsync_AgainAndAgainWhileOthersAreAdded_NeverOverlooksAnOldOne()
    {
        for (var minute = 1; minute <= 40; minute += 2)
        {
            await AddAsync(Letters.Of(minute), Letters.Of(minute + 1));
            await Store.ExpireAsync(Letters.Start.AddMinutes(minute - 9), 100, CancellationToken.None);
            (await Store.SequencesAsync()).ShouldBe(Enumerable.Range(1, minute + 1).Where(n => n >= minute - 9).Select(n => (long)n));
        }
    }

    private async Task OpenAgainAsync() => (_owner, Store) = await OpenAsync();

    private ValueTask AddAsync(params DeadLetter[] letters) => Store.AddAsync(letters, CancellationToken.None);

    private async Task CheckAsync(DeadLetterFilter filter, Func<int, bool> matches)
    {
        var expected = Enumerable.Range(1, 30).Where(matches).Select(n => (long)n).ToArray();
        (await Store.SequencesAsync(filter: filter)).ShouldBe(expected, filter.ToString());
        (await Store.CountAsync(Integration, filter, CancellationToken.None)).ShouldBe(expected.Length, filter.ToString());
    }
}
