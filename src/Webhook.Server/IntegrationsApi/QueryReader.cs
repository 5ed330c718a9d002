using System.Globalization;
using System.Text;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Reads the values of a query, each at most once, and collects everything that is wrong, names that nobody asked for among it: a misspelt filter must not widen what is done.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private const int MaxShown = 100;

    private readonly List<string> _known = [];
    private readonly List<string> _errors = [];

    public string? Text(string name, int maxLength)
    {
        if (Value(name) is not { } text) return null;
        if (text.Length >= 1 && text.Length <= maxLength) return text;
        Add(name, text, string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; 1 to {maxLength}"));
        return null;
    }

    public int? Integer(string name, int min, int max)
    {
        if (Value(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Add(name, text, string.Create(CultureInfo.InvariantCulture, $"is not an integer from {min} to {max}"));
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Value(name) is not { } text) return null;
        if (Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var time)
            && time.Seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && time.Seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return DateTimeOffset.FromUnixTimeSeconds(time.Seconds).AddTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        Add(name, text, "is not a time; write it as RFC 3339, for example 2026-11-24T10:00:00Z (a + as %2B)");
        return null;
    }

    public DeadLetterId? Position(string name)
    {
        if (Value(name) is not { } text) return null;
        if (DeadLetterId.TryParse(text, out var id)) return id;
        Add(name, text, "is not the id of a dead letter; write it as partition-sequence, for example 0-123456");
        return null;
    }

    public string? OneOf(string name, IReadOnlyList<string> allowed)
    {
        if (Value(name) is not { } text) return null;
        if (allowed.Contains(text)) return text;
        Add(name, text, $"is not known; one of {string.Join(", ", allowed)}");
        return null;
    }

    /// <summary>Several, with commas between them.</summary>
    public IReadOnlyList<string>? AnyOf(string name, IReadOnlyList<string> allowed)
    {
        if (Value(name)?.Split(',') is not { } words) return null;
        foreach (var word in words.Where(word => !allowed.Contains(word))) Add(name, word, $"is not known; one of {string.Join(", ", allowed)}");
        return words;
    }

    /// <summary>Several ids, with commas between them.</summary>
    public IReadOnlyList<long>? Ids(string name)
    {
        if (Value(name)?.Split(',') is not { } words) return null;
        var ids = new List<long>();
        foreach (var word in words)
        {
            if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) ids.Add(id);
            else Add(name, word, "is not an id; ids with commas between them are expected, for example 1,3");
        }

        return ids;
    }

    /// <summary>What can be wrong only with several values together.</summary>
    public void Refuse(string error) => _errors.Add(error);

    /// <summary>After everything was read: null, or all that is wrong.</summary>
    public ApiError? Error()
    {
        List<string> errors =
        [
            .. _errors,
            .. query.Keys.Except(_known).Select(name => $"{Shown(name)}: unknown parameter; known here: {string.Join(", ", _known)}"),
        ];
        return errors.Count == 0
            ? null
            : new ApiError(
                StatusCodes.Status400BadRequest, "invalid_query",
                string.Create(CultureInfo.InvariantCulture, $"The query has {errors.Count} error{(errors.Count == 1 ? "" : "s")}; see details."), errors);
    }

    private string? Value(string name)
    {
        _known.Add(name);
        if (!query.TryGetValue(name, out var values)) return null;
        if (values.Count == 1) return values[0] ?? "";
        _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: is given {values.Count} times; once at most"));
        return null;
    }

    private void Add(string name, string value, string what) => _errors.Add($"{name}: '{Shown(value)}' {what}");

    private static string Shown(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "…";
}
