namespace Webhook.Server.IntegrationFiles;

/// <summary>The keys that a mapping may have, and what to say of one that it may not.</summary>
/// <param name="names">In the order in which they are told.</param>
/// <param name="elsewhere">Keys that users of the API or of other files write here, and what to do instead.</param>
internal sealed class KnownKeys(string[] names, IReadOnlyDictionary<string, string>? elsewhere = null)
{
    public bool Has(string key) => names.Contains(key, StringComparer.Ordinal);

    /// <summary>What is wrong with a key that is not known.</summary>
    public string Refuse(string key)
    {
        if (key == "<<") return "merge keys are not taken; write the keys out, or give a whole value an anchor (&) and an alias (*)";
        if (elsewhere?.TryGetValue(key, out var hint) == true) return $"does not belong here: {hint}";
        return Closest(key, names) is { } meant ? $"unknown key; did you mean '{meant}'? Upper and lower case matter" : $"unknown key; known here: {string.Join(", ", names)}";
    }

    /// <returns>The word that was probably meant; null: none is near.</returns>
    public static string? Closest(string word, IEnumerable<string> known)
    {
        var plain = Plain(word);
        var (closest, distance) = known.Select(name => (Name: name, Distance: Distance(plain, Plain(name)))).MinBy(static pair => pair.Distance);
        return distance <= Math.Min(2, plain.Length / 3) ? closest : null;
    }

    private static string Plain(string word) => word.Length > 64 ? "" : word.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    // Levenshtein's.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)), row[j]);
        }

        return row[^1];
    }
}
