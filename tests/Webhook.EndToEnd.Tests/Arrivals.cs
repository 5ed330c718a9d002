using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>What came, checked as it comes against what the oracle issued, so that nothing of it need be kept. Safe for several requests at once.</summary>
internal sealed class Arrivals(Oracle oracle)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _seen = [];
    private string? _wrong;

    /// <summary>Different events so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _seen.Count;
        }
    }

    public void Take(ReceivedRequest request)
    {
        if (!Oracle.IsDelivery(request)) return;
        foreach (var (id, text) in DeliveredEvents.Of(request))
        {
            var issued = oracle.Issued(id);
            lock (_lock)
            {
                if (issued is null) _wrong ??= $"the receiver got an event that nobody sent: {text}";
                else if (!IsIssued(text, issued)) _wrong ??= $"an event arrived changed:\n{text}\nas it was sent:\n{issued}";
                _seen[id] = _seen.GetValueOrDefault(id) + 1;
            }
        }
    }

    /// <inheritdoc cref="Oracle.Judge"/>
    public int Judge(long lost = 0)
    {
        lock (_lock)
        {
            _wrong.ShouldBeNull();
            var missing = oracle.Obligations.Where(id => !_seen.ContainsKey(id)).ToList();
            ((long)missing.Count).ShouldBeLessThanOrEqualTo(
                lost, $"{missing.Count} of {oracle.Acknowledged} acknowledged events never arrived, for example {string.Join(", ", missing.Take(5))}");
            return _seen.Values.Sum(static times => times - 1);
        }
    }

    /// <summary>As it was sent, or with the one change that an integration may ask for: its timestamp cut to seconds, milliseconds or microseconds.</summary>
    private static bool IsIssued(string text, string issued)
    {
        if (text == issued) return true;
        const int Digits = 19;
        var timestamp = issued.IndexOf("17000000", StringComparison.Ordinal);
        foreach (var kept in (ReadOnlySpan<int>)[10, 13, 16])
            if (text == issued.Remove(timestamp + kept, Digits - kept)) return true;
        return false;
    }
}
