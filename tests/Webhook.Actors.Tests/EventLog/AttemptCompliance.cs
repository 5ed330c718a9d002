using System.Text;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

/// <summary>What every implementation of <see cref="IAttemptStore"/> does. A database joins by deriving from it.</summary>
public abstract class AttemptCompliance : IAsyncLifetime
{
    private const long Integration = 7;
    private const long Other = 8;

    private IAsyncDisposable _owner = null!;

    private protected IAttemptStore Store { get; private set; } = null!;

    private protected FakeTimeProvider Time { get; } = new(Letters.Start);

    public Task InitializeAsync() => OpenAgainAsync();

    public async Task DisposeAsync() => await _owner.DisposeAsync();

    private protected abstract ValueTask<(IAsyncDisposable Owner, IAttemptStore Store)> OpenAsync();

    private protected async Task ReopenAsync()
    {
        await _owner.DisposeAsync();
        await OpenAgainAsync();
    }

    [Fact]
    public async Task ListAsync_NewStore_Empty() => (await ListAsync(Integration)).ShouldBeEmpty();

    [Fact]
    public async Task ListAsync_AfterAppends_NewestFirstAlsoAfterReopening()
    {
        await AppendAsync(Integration, 100, "a", "b");
        await AppendAsync(Other, 100, "x");
        await AppendAsync(Integration, 100, "c");
        await ReopenAsync();
        await AppendAsync(Integration, 100, "d", "");
        (await ListAsync(Integration)).ShouldBe(["", "d", "c", "b", "a"]);
        (await ListAsync(Integration, 2)).ShouldBe(["", "d"]);
        (await ListAsync(Other)).ShouldBe(["x"]);
    }

    [Fact]
    public async Task AppendAsync_MoreThanAreKept_TheOldestGo()
    {
        for (var n = 0; n < 25; n++) await AppendAsync(Integration, 10, $"{n}");
        (await ListAsync(Integration)).ShouldBe(Enumerable.Range(15, 10).Reverse().Select(n => $"{n}"));
        await AppendAsync(Integration, 3, [.. Enumerable.Range(25, 9).Select(n => $"{n}")]);
        (await ListAsync(Integration)).ShouldBe(["33", "32", "31"]);
        await ReopenAsync();
        await AppendAsync(Integration, 4, "34", "35");
        (await ListAsync(Integration)).ShouldBe(["35", "34", "33", "32"]);
    }

    [Fact]
    public async Task RemoveAsync_OneIntegration_TheOthersStay()
    {
        await AppendAsync(Integration, 10, "a", "b");
        await AppendAsync(Other, 10, "x");
        await Store.RemoveAsync(Integration, CancellationToken.None);
        await Store.RemoveAsync(99, CancellationToken.None);
        await ReopenAsync();
        (await ListAsync(Integration)).ShouldBeEmpty();
        (await ListAsync(Other)).ShouldBe(["x"]);
        await AppendAsync(Integration, 10, "c");
        (await ListAsync(Integration)).ShouldBe(["c"]);
    }

    [Fact]
    public async Task ExpireAsync_WhatWasStoredBefore_Goes()
    {
        await AppendAsync(Integration, 10, "a", "b");
        await AppendAsync(Other, 10, "x");
        Time.Advance(TimeSpan.FromHours(1));
        await AppendAsync(Integration, 10, "c");
        await Store.ExpireAsync(Time.GetUtcNow() - TimeSpan.FromMinutes(30), CancellationToken.None);
        await ReopenAsync();
        (await ListAsync(Integration)).ShouldBe(["c"]);
        (await ListAsync(Other)).ShouldBeEmpty();
        await AppendAsync(Integration, 10, "d");
        (await ListAsync(Integration)).ShouldBe(["d", "c"]);
    }

    private async Task OpenAgainAsync() => (_owner, Store) = await OpenAsync();

    private ValueTask AppendAsync(long integration, int keepAtMost, params string[] records) =>
        Store.AppendAsync(integration, [.. records.Select(r => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(r))], keepAtMost, CancellationToken.None);

    private async Task<string[]> ListAsync(long integration, int limit = 100) =>
        [.. (await Store.ListAsync(integration, limit, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Span))];
}
