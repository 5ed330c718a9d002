using Webhook.Actors.EventLog;
using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Looking at dead letters, and taking them away.</summary>
internal sealed class DeadLetterEndpoints(IntegrationDirectory directory, IDeadLetterStore store)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    // An event may have a megabyte: a page ends early rather than fill the memory.
    private const int MaxPageBytes = 16 * 1024 * 1024;
    private const int ReadAtOnce = 50;

    /// <summary>Removed in portions, so that a large purge does not hold up ingest.</summary>
    private const int RemovedAtOnce = 1_000;

    public async Task<IResult> ListAsync(long id, HttpRequest http, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Query);
        var filter = ReadFilter(query);
        var after = query.Position("after");
        var limit = query.Integer("limit", 1, MaxLimit) ?? DefaultLimit;
        return await WithIntegrationAsync(id, query.Error(), async () =>
        {
            var (page, isLast) = await ReadPageAsync(id, filter, after, limit, cancellation);
            return Results.Json(
                new DeadLettersResource(
                    await store.CountAsync(id, filter, cancellation), [.. page.Select(DeadLetterResource.Of)], isLast ? null : page[^1].Id.ToString()),
                DeadLettersJson.Readable.DeadLettersResource);
        }, cancellation);
    }

    public Task<IResult> GetAsync(long id, string deadLetter, CancellationToken cancellation) => WithIntegrationAsync(id, null, async () =>
        DeadLetterId.TryParse(deadLetter, out var letter) && await store.FindAsync(id, letter, cancellation) is { } found
            ? Results.Json(DeadLetterResource.Of(found), DeadLettersJson.Readable.DeadLetterResource)
            : NotFound(id, deadLetter), cancellation);

    public async Task<IResult> PurgeAsync(long id, HttpRequest http, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Query);
        var filter = ReadFilter(query);
        var all = query.OneOf("all", ["true"]) is not null;
        var error = query.Error();
        if (error is null && all != (filter == new DeadLetterFilter()))
        {
            query.Refuse(all
                ? "all: is given together with a filter; give all=true to remove every dead letter, or the filter alone"
                : "says nothing of what to remove; give all=true to remove every dead letter, or channel, status, from, until or text");
            error = query.Error();
        }

        return await WithIntegrationAsync(id, error, async () => Results.Json(
            new PurgedResource(all ? await store.RemoveAllAsync(id, cancellation) : await RemoveAsync(id, filter, cancellation)),
            DeadLettersJson.Readable.PurgedResource), cancellation);
    }

    public Task<IResult> DeleteAsync(long id, string deadLetter, CancellationToken cancellation) => WithIntegrationAsync(id, null, async () =>
        DeadLetterId.TryParse(deadLetter, out var letter) && await store.RemoveAsync(id, [letter], cancellation) > 0
            ? Results.NoContent()
            : NotFound(id, deadLetter), cancellation);

    private static DeadLetterFilter ReadFilter(QueryReader query)
    {
        var filter = new DeadLetterFilter(
            query.Text("channel", 64), query.Integer("status", 100, 599), query.Time("from"), query.Time("until"), query.Text("text", 200));
        if (filter.RefusedFrom >= filter.RefusedUntil) query.Refuse("from: is not before until; nothing could match");
        return filter;
    }

    /// <summary>An unknown integration comes before a wrong query, as it does everywhere.</summary>
    private async Task<IResult> WithIntegrationAsync(long id, ApiError? error, Func<Task<IResult>> answer, CancellationToken cancellation)
    {
        var found = await directory.GetAsync(new IntegrationId(id), cancellation);
        if (found is not DirectoryResult.Done) return found.Answer(static _ => Results.Empty);
        return error is null ? await answer() : new ErrorResult(error);
    }

    private async Task<(List<DeadLetter> Page, bool IsLast)> ReadPageAsync(
        long id, DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellation)
    {
        var (page, bytes) = (new List<DeadLetter>(), 0);
        while (true)
        {
            // One more than fits, to know whether there is more.
            var wanted = Math.Min(ReadAtOnce, limit - page.Count + 1);
            var read = await store.ListAsync(id, filter, after, wanted, cancellation);
            foreach (var letter in read)
            {
                if (page.Count > 0 && (page.Count == limit || bytes + letter.Event.Length > MaxPageBytes)) return (page, false);
                page.Add(letter);
                bytes += letter.Event.Length;
            }

            if (read.Count < wanted) return (page, true);
            after = read[^1].Id;
        }
    }

    private async Task<long> RemoveAsync(long id, DeadLetterFilter filter, CancellationToken cancellation)
    {
        DeadLetterId? after = null;
        for (var removed = 0L; ;)
        {
            var ids = new List<DeadLetterId>();
            for (var read = -1; ids.Count < RemovedAtOnce && read != 0;)
            {
                var letters = await store.ListAsync(id, filter, after, ReadAtOnce, cancellation);
                ids.AddRange(letters.Select(static letter => letter.Id));
                read = letters.Count;
                if (read > 0) after = letters[^1].Id;
            }

            if (ids.Count == 0) return removed;
            removed += await store.RemoveAsync(id, ids, cancellation);
        }
    }

    private static ErrorResult NotFound(long id, string deadLetter) => new(new ApiError(
        StatusCodes.Status404NotFound, "not_found", FormattableString.Invariant($"Integration {id} has no dead letter '{deadLetter}'.")));
}
