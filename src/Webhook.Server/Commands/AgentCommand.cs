using System.CommandLine;
using Webhook.Server.Agent;

namespace Webhook.Server.Commands;

/// <summary><c>webhook agent</c>: beside a sensor, configured by files.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var node = new NodeOptions("http://127.0.0.1:8090", "./agent-data");
        var config = new Option<string>("--config")
        {
            Description = "The YAML file with the integrations. It is watched: a good change is applied, a wrong one refused.",
            Required = true,
        };
        var agentConfig = new Option<string?>("--agent-config")
        {
            Description = "The sensor's own file, with local_forwarder: what it hands over.",
        };
        var standardInput = new Option<string?>("--stdin")
        {
            Description = "Read events from standard input, one a line: of a channel, or falco for Falco's alerts.",
            HelpName = "TARGET",
        };
        var follow = new Option<string[]>("--follow")
        {
            Description = "Follow a file over rotation and restarts, as PATH=TARGET. May be repeated.",
            HelpName = "PATH=TARGET",
            DefaultValueFactory = _ => [],
        };
        var fromEnd = new Option<bool>("--from-end")
        {
            Description = "Begin at the end of files that are followed for the first time.",
        };
        var exitAtEnd = new Option<bool>("--exit-at-end")
        {
            Description = "End once standard input has ended and everything is delivered.",
        };

        var command = new Command("agent", "Forwards events of this machine as a file says: without an API, without tokens, small.") { config, agentConfig, standardInput, follow, fromEnd, exitAtEnd };
        node.AddTo(command);
        command.SetAction((parsed, cancellation) => AgentHost.RunAsync(
            new AgentArguments(
                node.Read(parsed), Path.GetFullPath(parsed.GetRequiredValue(config)), parsed.GetValue(agentConfig) is { } file ? Path.GetFullPath(file) : null,
                parsed.GetValue(standardInput), parsed.GetRequiredValue(follow), parsed.GetValue(fromEnd), parsed.GetValue(exitAtEnd)),
            cancellation));
        return command.WithExamples(
            "webhook agent --config local_forwarder_config.yaml",
            "webhook agent --config local_forwarder_config.yaml --agent-config /opt/sensor/agent.yaml",
            "falco -o json_output=true | webhook agent --config local_forwarder_config.yaml --stdin falco",
            "webhook agent --config local_forwarder_config.yaml --follow /var/log/audit.json=ACTIVITY_AUDIT",
            "webhook agent --config local_forwarder_config.yaml --stdin SECURE_EVENTS_POLICIES --exit-at-end < events.ndjson");
    }
}
