using System.Collections.Concurrent;
using System.Net;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

/// <summary>A name server of the test's own: one answer after the other, the last for ever.</summary>
internal sealed class ScriptedResolver(params Func<Task<IPAddress[]>>[] answers) : IHostResolver
{
    private readonly ConcurrentQueue<string> _asked = new();
    private int _next;

    /// <summary>The hosts asked for, in order.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <param name="answers">Each a list of addresses with commas between them; "" for none.</param>
    public static ScriptedResolver Of(params string[] answers) => new([.. answers.Select(static answer => Answer(answer))]);

    public static Func<Task<IPAddress[]>> Answer(string addresses) => () =>
        Task.FromResult(addresses.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse).ToArray());

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        _asked.Enqueue(host);
        return answers[Math.Min(Interlocked.Increment(ref _next), answers.Length) - 1]();
    }
}
