using Webhook.Actors.Events;
using Webhook.Server.Inputs;

namespace Webhook.Server.Agent;

/// <summary>Makes inputs of what the command line says.</summary>
internal static class AgentInputs
{
    /// <param name="transmitted">The channels that the sensor hands over; null: all.</param>
    public static IReadOnlyList<InputDefinition> Read(AgentArguments arguments, ChannelList channels, IReadOnlySet<string>? transmitted, List<string> errors)
    {
        var inputs = new List<InputDefinition>();
        if (arguments.StandardInput is { } text)
        {
            if (InputTarget.TryParse(text, channels, out var target, out var error)) inputs.Add(new StandardInputDefinition(target, transmitted));
            else errors.Add($"--stdin {error}");
        }

        var from = arguments.FollowFromEnd ? StartFrom.End : StartFrom.Beginning;
        foreach (var followed in arguments.Followed)
        {
            if (!FollowedFileDefinition.TryParse(followed, channels, from, transmitted, out var file, out var error)) errors.Add($"--follow {error}");
            else if (inputs.Any(input => input.Name == file.Name)) errors.Add($"--follow {followed}: the file is followed already; follow it once.");
            else inputs.Add(file);
        }

        if (arguments.ExitAtEnd && arguments.StandardInput is null) errors.Add("--exit-at-end: there is no end to wait for; read standard input with --stdin TARGET.");
        return inputs;
    }
}
