using System.CommandLine;
using Webhook.Server.Serving;

namespace Webhook.Server.Commands;

/// <summary><c>webhook serve</c>: one node, everything embedded.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Address to listen on; several with ';' between them.",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var data = new Option<string>("--data")
        {
            Description = "Folder for everything that is kept: event log, journal, keys. Made if it is not there.",
            DefaultValueFactory = _ => "./data",
        };
        var demo = new Option<bool>("--demo")
        {
            Description = "Also start a receiver, make an integration to it, send the sample events and print what arrives.",
        };
        var settings = new Option<string?>("--settings")
        {
            Description = "A JSON file with settings; it wins over appsettings.json, the environment wins over it.",
        };
        var set = new Option<string[]>("--set")
        {
            Description = "One setting, as Webhook:Section:Key=value; wins over everything else. May be repeated.",
            DefaultValueFactory = _ => [],
        };

        var command = new Command("serve", "Takes events in over HTTP and delivers them to the configured integrations.") { urls, data, demo, settings, set };
        command.SetAction((parsed, cancellation) => ServeHost.RunAsync(
            new ServeArguments(
                parsed.GetRequiredValue(urls), Path.GetFullPath(parsed.GetRequiredValue(data)), parsed.GetValue(demo),
                parsed.GetValue(settings), parsed.GetRequiredValue(set)),
            cancellation));
        return command.WithExamples(
            "webhook serve --demo",
            "webhook serve --data /var/lib/webhook --urls http://0.0.0.0:8080",
            "webhook serve --settings /etc/webhook/settings.json",
            "webhook serve --set Webhook:Egress:AllowedAddresses:0=10.20.0.0/16");
    }
}
