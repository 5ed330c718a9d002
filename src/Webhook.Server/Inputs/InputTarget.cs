using System.Diagnostics.CodeAnalysis;
using Webhook.Actors.Events;

namespace Webhook.Server.Inputs;

/// <summary>Where an input's events go, and what its lines are: events of a channel, or Falco's alerts.</summary>
internal sealed record InputTarget
{
    /// <summary>Instead of a channel: each line is an alert as Falco's <c>json_output</c> writes it.</summary>
    public const string Falco = "falco";

    private InputTarget(string channel, bool isFalco)
    {
        Channel = channel;
        IsFalco = isFalco;
    }

    public string Channel { get; }

    public bool IsFalco { get; }

    /// <param name="error">null, or what is wrong.</param>
    public static bool TryParse(string text, ChannelList channels, [NotNullWhen(true)] out InputTarget? target, [NotNullWhen(false)] out string? error)
    {
        target = text == Falco ? new InputTarget(ChannelList.SecureEventsPolicies, isFalco: true)
            : channels.IsKnown(text) ? new InputTarget(text, isFalco: false)
            : null;
        error = target is null ? $"'{text}' is neither '{Falco}' nor a channel; channels are {string.Join(", ", channels.Names)}." : null;
        return target is not null;
    }

    public override string ToString() => IsFalco ? Falco : Channel;
}
