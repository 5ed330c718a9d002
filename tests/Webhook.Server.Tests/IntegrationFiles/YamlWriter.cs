using System.Text;
using System.Text.Json;

namespace Webhook.Server.Tests.IntegrationFiles;

/// <summary>Writes a body of the API as the file that says the same, in the two styles of YAML: blocks with single quotes, and brackets with double quotes.</summary>
internal static class YamlWriter
{
    public static string Write(JsonElement body, bool isBlock)
    {
        var connection = body.GetProperty("connectionInfo").EnumerateObject().Select(static m => (m.Name == "isInsecure" ? "insecure" : m.Name, m.Value))
            .Append(("delivery", body.GetProperty("delivery")));
        var text = new StringBuilder("integrations:\n- type: WEBHOOK\n");
        foreach (var name in new[] { "name", "channels" }) Append(text, name, body.GetProperty(name), isBlock, indent: 2);
        text.Append("  configuration:\n");
        foreach (var (name, value) in connection) Append(text, name, value, isBlock, indent: 4);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, JsonElement value, bool isBlock, int indent)
    {
        text.Append(' ', indent).Append(name).Append(':');
        Value(text, value, isBlock, indent);
    }

    private static void Value(StringBuilder text, JsonElement value, bool isBlock, int indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when isBlock:
                text.Append('\n');
                foreach (var member in value.EnumerateObject()) Append(text, member.Name, member.Value, isBlock, indent + 2);
                break;
            case JsonValueKind.Array when isBlock && value.GetArrayLength() > 0:
                text.Append('\n');
                foreach (var item in value.EnumerateArray())
                {
                    text.Append(' ', indent).Append('-');
                    Value(text, item, isBlock, indent + 2);
                }

                break;
            case JsonValueKind.String when isBlock:
                text.Append(" '").Append(Escape(value.GetString()!).Replace("'", "''")).Append("'\n");
                break;
            default:
                // JSON is YAML, but for what our own references mean.
                text.Append(' ').Append(Escape(value.GetRawText())).Append('\n');
                break;
        }
    }

    private static string Escape(string text) => text.Replace("${", "$${");
}
