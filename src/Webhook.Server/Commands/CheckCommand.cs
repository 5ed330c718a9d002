using System.CommandLine;
using Webhook.Server.Checking;

namespace Webhook.Server.Commands;

/// <summary><c>webhook check</c>: settings and files, before anything is started with them.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Files with integrations.",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        var integrations = new Option<string[]>("--integrations")
        {
            Description = "A file with integrations, as serve takes it. May be repeated.",
            DefaultValueFactory = _ => [],
        };
        var agentConfig = new Option<string?>("--agent-config")
        {
            Description = "The agent's own file, with local_forwarder: which message types the sensor hands over.",
        };
        var settings = new Option<string?>("--settings")
        {
            Description = "A JSON file with settings, as serve takes it.",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "One setting, as Webhook:Section:Key=value. May be repeated.",
            DefaultValueFactory = _ => [],
        };
        var live = new Option<bool>("--live")
        {
            Description = "Also send a sample batch to every receiver, as Test Integration does.",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Print JSON.",
        };

        var command = new Command("check", "Checks settings and files with integrations, and says everything that is wrong with them. Starts nothing. Ends with 1 if anything is wrong.")
        {
            files, integrations, agentConfig, settings, set, live, json,
        };
        command.SetAction((parsed, cancellation) => CheckRun.RunAsync(
            new CheckArguments(
                [.. parsed.GetRequiredValue(files), .. parsed.GetRequiredValue(integrations)], parsed.GetValue(settings), parsed.GetRequiredValue(set),
                parsed.GetValue(agentConfig), parsed.GetValue(live), parsed.GetValue(json)),
            Console.Out, cancellation));
        return command.WithExamples(
            "webhook check local_forwarder_config.yaml",
            "webhook check local_forwarder_config.yaml --agent-config dragent.yaml",
            "webhook check integrations.yaml --live --set Webhook:Egress:AllowedAddresses:0=10.20.0.0/16",
            "webhook check --settings /etc/webhook/settings.json --json");
    }
}
