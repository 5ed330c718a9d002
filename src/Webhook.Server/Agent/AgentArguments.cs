using Webhook.Server.Serving;

namespace Webhook.Server.Agent;

/// <summary>What the command line of <c>agent</c> said.</summary>
/// <param name="ConfigFile">The integrations.</param>
/// <param name="AgentFile">The sensor's own file; null: none, everything is forwarded.</param>
/// <param name="StandardInput">What the lines on standard input are; null: it is not read.</param>
/// <param name="Followed">PATH=TARGET of each file that is followed.</param>
/// <param name="FollowFromEnd">Files that are followed for the first time are read from their end.</param>
/// <param name="ExitAtEnd">Ends once standard input has ended and everything is delivered.</param>
internal sealed record AgentArguments(
    NodeArguments Node, string ConfigFile, string? AgentFile, string? StandardInput, IReadOnlyList<string> Followed, bool FollowFromEnd, bool ExitAtEnd);
