using System.Diagnostics.CodeAnalysis;
using Webhook.Actors.EventLog;
using Webhook.Actors.Events;

namespace Webhook.Server.Inputs;

/// <summary>One source of lines that this process reads: a closed list.</summary>
/// <param name="Name">In metrics, logs and the log's marks; no two inputs have the same.</param>
/// <param name="Transmitted">The channels that are forwarded; events of others are dropped here, and counted. null: all are.</param>
internal abstract record InputDefinition(string Name, InputTarget Target, IReadOnlySet<string>? Transmitted)
{
    public bool IsTransmitted => Transmitted?.Contains(Target.Channel) ?? true;
}

/// <summary>Read to its end.</summary>
internal sealed record StandardInputDefinition(InputTarget Target, IReadOnlySet<string>? Transmitted = null) : InputDefinition("stdin", Target, Transmitted);

/// <summary>Read as it grows, over rotation, truncation and restarts.</summary>
/// <param name="Path">Absolute. Need not exist yet.</param>
/// <param name="From">Where in a file that is there when it is followed for the first time.</param>
internal sealed record FollowedFileDefinition(string Path, InputTarget Target, StartFrom From = StartFrom.Beginning, IReadOnlySet<string>? Transmitted = null)
    : InputDefinition(Path, Target, Transmitted)
{
    /// <summary>Reads <c>PATH=TARGET</c>; a path may hold <c>=</c> itself.</summary>
    /// <param name="error">null, or what is wrong.</param>
    public static bool TryParse(
        string text, ChannelList channels, StartFrom from, IReadOnlySet<string>? transmitted,
        [NotNullWhen(true)] out FollowedFileDefinition? file, [NotNullWhen(false)] out string? error)
    {
        file = null;
        var equals = text.LastIndexOf('=');
        if (equals <= 0)
        {
            error = $"'{text}' is not PATH=TARGET; write for example /var/log/events.json={ChannelList.SecureEventsPolicies}, or /var/log/falco.json={InputTarget.Falco}.";
            return false;
        }

        if (!InputTarget.TryParse(text[(equals + 1)..], channels, out var target, out error))
        {
            error = $"'{text}': {error}";
            return false;
        }

        var path = System.IO.Path.GetFullPath(text[..equals]);
        if (System.Text.Encoding.UTF8.GetByteCount(path) > InputMark.MaxNameBytes)
        {
            error = $"'{text}': the path is longer than {InputMark.MaxNameBytes} bytes.";
            return false;
        }

        file = new FollowedFileDefinition(path, target, from, transmitted);
        return true;
    }
}

internal enum StartFrom
{
    Beginning,

    /// <summary>Behind the last line that is there.</summary>
    End,
}
