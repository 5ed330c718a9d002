using System.Text.Json;

namespace Webhook.Actors.Integrations;

/// <summary>What a user asks to be sent once more.</summary>
/// <param name="FromTime">Events stored at this time or later; null: <paramref name="FromPosition"/> says.</param>
/// <param name="Until">Events stored before; null: all that are delivered.</param>
/// <param name="IsPreview">Only count.</param>
internal sealed record ReplayRequest(
    DateTimeOffset? FromTime, (int Partition, long Sequence)? FromPosition, DateTimeOffset? Until, double MaxRequestsPerSecond, bool IsPreview)
{
    /// <returns>null when <paramref name="errors"/> has any.</returns>
    public static ReplayRequest? Read(ReadOnlyMemory<byte> body, SettingErrors errors) => RequestObject.ReadBody(body, errors, Read);

    private static ReplayRequest? Read(JsonElement body, SettingErrors errors)
    {
        if (RequestObject.Open(body, "", errors, "from", "position", "until", "maxRequestsPerSecond", "dryRun") is not { } json) return null;
        var (from, until) = (json.Time("from"), json.Time("until"));
        var position = ReadPosition(json);
        if (from is null == position is null && !errors.Any)
            errors.Add("", "says not where to begin, or twice; give from, a time, or position, {\"partition\": 0, \"sequence\": 65536}");
        if (from >= until) errors.Add("until", "is not after from; nothing would be replayed");
        var rate = RedeliveryRequest.ReadRate(json, errors);
        var isPreview = json.Flag("dryRun") ?? false;
        return errors.Any ? null : new ReplayRequest(from, position, until, rate, isPreview);
    }

    private static (int Partition, long Sequence)? ReadPosition(RequestObject json)
    {
        if (json.Object("position", "partition", "sequence") is not { } position) return null;
        var (partition, sequence) = (position.WholeNumber("partition"), position.WholeNumber("sequence"));
        if (partition is >= 0 and <= ushort.MaxValue && sequence is >= 0) return ((int)partition.Value, sequence.Value);
        position.Refuse("needs a partition, 0 to 65535, and a sequence, 0 or more");
        return null;
    }
}

/// <summary>Which dead letters a user asks to be sent once more.</summary>
/// <param name="Ids">Of one partition each; null: those that <paramref name="Selection"/> chooses.</param>
internal sealed record RedeliveryRequest(
    IReadOnlyList<(int Partition, long Sequence)>? Ids, LaneProtocol.DeadLetterSelection? Selection, double MaxRequestsPerSecond)
{
    public const int MaxIds = 1000;
    public const double DefaultRate = 10;

    /// <returns>null when <paramref name="errors"/> has any.</returns>
    public static RedeliveryRequest? Read(ReadOnlyMemory<byte> body, SettingErrors errors) => RequestObject.ReadBody(body, errors, Read);

    private static RedeliveryRequest? Read(JsonElement body, SettingErrors errors)
    {
        if (RequestObject.Open(body, "", errors, "ids", "all", "channel", "status", "from", "until", "text", "maxRequestsPerSecond") is not { } json) return null;
        var ids = json.List("ids", ReadId)?.Select(static id => id.Place).ToList();
        var all = json.Flag("all") ?? false;
        var status = json.WholeNumber("status");
        if (status is < 100 or > 599) errors.Add("status", $"{status} is out of range; 100 to 599");
        var selection = new LaneProtocol.DeadLetterSelection(json.Text("channel"), (int?)status, json.Time("from"), json.Time("until"), json.Text("text"));
        var chooses = selection != new LaneProtocol.DeadLetterSelection();
        if (ids is { Count: 0 or > MaxIds }) errors.Add("ids", $"has {ids.Count} ids; 1 to {MaxIds}");
        if (!errors.Any && (ids is not null ? 1 : 0) + (all ? 1 : 0) + (chooses ? 1 : 0) != 1)
            errors.Add("", "says not which dead letters, or in several ways; give ids, or all: true, or channel, status, from, until, text");
        var rate = ReadRate(json, errors);
        return errors.Any ? null : new RedeliveryRequest(ids, ids is null ? selection : null, rate);
    }

    internal static double ReadRate(RequestObject json, SettingErrors errors)
    {
        var rate = json.Number("maxRequestsPerSecond") ?? DefaultRate;
        if (rate is < IntegrationValidator.MinRequestsPerSecond or > IntegrationValidator.MaxRequestsPerSecond)
            errors.Add("maxRequestsPerSecond", FormattableString.Invariant(
                $"{rate} is out of range; {IntegrationValidator.MinRequestsPerSecond} to {IntegrationValidator.MaxRequestsPerSecond}"));
        return rate;
    }

    private static LetterId? ReadId(JsonElement json, string path, SettingErrors errors)
    {
        if (RequestObject.TextOf(json, path, errors) is not { } text) return null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && ushort.TryParse(text.AsSpan(0, dash), System.Globalization.NumberStyles.None, null, out var partition)
            && long.TryParse(text.AsSpan(dash + 1), System.Globalization.NumberStyles.None, null, out var sequence)) return new LetterId((partition, sequence));
        errors.Add(path, $"'{text[..Math.Min(text.Length, 100)]}' is not the id of a dead letter; write it as partition-sequence, for example 0-123456");
        return null;
    }

    private sealed record LetterId((int Partition, long Sequence) Place);
}
