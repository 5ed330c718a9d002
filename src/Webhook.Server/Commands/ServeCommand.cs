using System.CommandLine;
using Webhook.Server.Serving;

namespace Webhook.Server.Commands;

/// <summary><c>webhook serve</c>: one node, everything embedded.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var node = new NodeOptions("http://127.0.0.1:8080", "./data");
        var demo = new Option<bool>("--demo")
        {
            Description = "Also start a receiver, make an integration to it, send the sample events and print what arrives.",
        };
        var integrations = new Option<string?>("--integrations")
        {
            Description = "A YAML file with integrations, in the format of the agent's. It is watched; what stands in it is changed there only.",
        };

        var command = new Command("serve", "Takes events in over HTTP and delivers them to the configured integrations.");
        node.AddTo(command);
        command.Options.Add(integrations);
        command.Options.Add(demo);
        command.SetAction((parsed, cancellation) => ServeHost.RunAsync(
            new ServeArguments(node.Read(parsed), parsed.GetValue(demo), parsed.GetValue(integrations) is { } file ? Path.GetFullPath(file) : null), cancellation));
        return command.WithExamples(
            "webhook serve --demo",
            "webhook serve --data /var/lib/webhook --urls http://0.0.0.0:8080",
            "webhook serve --settings /etc/webhook/settings.json --integrations /etc/webhook/integrations.yaml",
            "webhook serve --set Webhook:Egress:AllowedAddresses:0=10.20.0.0/16");
    }
}
