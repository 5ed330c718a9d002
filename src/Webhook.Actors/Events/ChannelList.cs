using System.Text.RegularExpressions;

namespace Webhook.Actors.Events;

/// <summary>The channels this instance knows: the original's and the operator's own, without the hidden ones.</summary>
internal sealed partial class ChannelList
{
    /// <summary>Policy events; where Falco's alerts go.</summary>
    public const string SecureEventsPolicies = "SECURE_EVENTS_POLICIES";

    private static readonly string[] BuiltIn =
    [
        SecureEventsPolicies, "ACTIVITY_AUDIT", "PLATFORM_AUDIT", "MONITOR_EVENTS",
        "POLICY_EVENTS", "SECURE_EVENTS_AUDIT_TRAIL", "SECURE_EVENTS_BENCHMARK", "SECURE_EVENTS_COMPLIANCE",
        "SECURE_EVENTS_HOSTSCANNING", "SECURE_EVENTS_SCANNING", "AUDIT_TAP",
    ];

    private readonly HashSet<string> _known;

    public ChannelList(ChannelOptions options)
    {
        Names = [.. BuiltIn.Concat(options.Additional).Except(options.Hidden, StringComparer.Ordinal)];
        _known = new HashSet<string>(Names, StringComparer.Ordinal);
    }

    /// <summary>In the order in which users see them: the public ones first, the operator's last.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether a channel of exactly this name exists; names are case-sensitive.</summary>
    public bool IsKnown(string channel) => _known.Contains(channel);

    public static bool IsName(string channel) => Name().IsMatch(channel);

    [GeneratedRegex(@"\A[A-Z][A-Z0-9_]{0,63}\z")]
    private static partial Regex Name();
}
