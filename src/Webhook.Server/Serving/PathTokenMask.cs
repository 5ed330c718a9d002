using System.Text.RegularExpressions;
using Serilog.Core;
using Serilog.Events;

namespace Webhook.Server.Serving;

/// <summary>The ingest key that Falco carries in the path, <c>/v1/falco/{key}</c>, is in no log entry, whoever writes the path into it.</summary>
internal sealed partial class PathTokenMask : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        // Enrichers of the logger itself come last: scopes of a request have added theirs.
        List<LogEventProperty>? masked = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is not ScalarValue { Value: string text } || !PathToken().IsMatch(text)) continue;
            (masked ??= []).Add(new LogEventProperty(name, new ScalarValue(PathToken().Replace(text, "/v1/falco/***"))));
        }

        foreach (var property in masked ?? []) logEvent.AddOrUpdateProperty(property);
    }

    [GeneratedRegex(@"/v1/falco/+[^\s?/""]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PathToken();
}
