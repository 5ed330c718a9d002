using System.CommandLine;
using Webhook.Server.Serving;

namespace Webhook.Server.Commands;

/// <summary>The options of every command that starts a node.</summary>
internal sealed class NodeOptions(string defaultUrls, string defaultData)
{
    private readonly Option<string> _urls = new("--urls")
    {
        Description = "Address to listen on; several with ';' between them.",
        DefaultValueFactory = _ => defaultUrls,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Folder for everything that is kept: event log, journal, keys. Made if it is not there.",
        DefaultValueFactory = _ => defaultData,
    };

    private readonly Option<string?> _settings = new("--settings")
    {
        Description = "A JSON file with settings; it wins over appsettings.json, the environment wins over it.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One setting, as Webhook:Section:Key=value; wins over everything else. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_urls);
        command.Options.Add(_data);
        command.Options.Add(_settings);
        command.Options.Add(_set);
    }

    public NodeArguments Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_urls), Path.GetFullPath(parsed.GetRequiredValue(_data)), parsed.GetValue(_settings), parsed.GetRequiredValue(_set));
}
