using System.Text.RegularExpressions;
using Webhook.Load.Measuring;

namespace Webhook.Load.Scenarios;

/// <summary>What a run must reach: <c>[phase/]metric operator value</c>, like <c>ack.p99 &lt;= 50ms</c>.</summary>
/// <param name="Limit">In the metric's unit.</param>
internal sealed partial record Threshold(string Text, string? Phase, string Metric, string Operator, double Limit)
{
    /// <exception cref="FormatException">Says what is wrong.</exception>
    public static Threshold Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success) throw new FormatException($"expected 'metric <= value', with <, <=, ==, >= or >, like 'ack.p99 <= 50ms'; it is '{text}'");
        var metric = match.Groups["metric"].Value;
        if (!Metrics.All.TryGetValue(metric, out var known)) throw new FormatException($"there is no metric '{metric}'; the metrics are {string.Join(", ", Metrics.All.Keys)}");
        var value = match.Groups["value"].Value;
        if (!Quantity.TryNumber(value, out var limit) && !(known.IsDuration && Quantity.TryMilliseconds(value, out limit)))
        {
            throw new FormatException($"expected {(known.IsDuration ? "a duration like 50ms or 1.5s" : "a number like 300000 or 300k")} in '{text}'; it is '{value}'");
        }

        if (known.Unit == "s" && Quantity.TryMilliseconds(value, out var milliseconds)) limit = milliseconds / 1e3;
        return new Threshold(text, match.Groups["phase"].Success ? match.Groups["phase"].Value : null, metric, match.Groups["operator"].Value, limit);
    }

    /// <param name="value">Null, not measured, holds nothing.</param>
    public bool Holds(double? value) => value is { } measured && Operator switch
    {
        "<" => measured < Limit,
        "<=" => measured <= Limit,
        "==" => measured.Equals(Limit),
        ">=" => measured >= Limit,
        _ => measured > Limit,
    };

    [GeneratedRegex(@"^\s*((?<phase>[^/]+)/)?(?<metric>[a-z0-9._]+)\s*(?<operator><=|>=|==|<|>)\s*(?<value>\S+)\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
