using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Webhook.Server.IntegrationsApi;

namespace Webhook.Server.Client;

/// <summary>An integration's settings as options, over those of a file. What they may hold is the server's to judge, so that there is one place for it.</summary>
internal sealed class IntegrationSettingsOptions
{
    private const int MaxSecretBytes = 16 * 1024;

    private readonly Option<string?> _file = Named("--file", "FILE", "The JSON body, as the API takes it; - is standard input. Options win over it.");
    private readonly Option<string?> _name = Named("--name", "NAME", "Its name, unique.");
    private readonly Option<string?> _endpoint = Named("--endpoint", "URL", "Where to send: an absolute https:// or http:// URL.");
    private readonly Option<string?> _auth = Named("--auth", "AUTH", "BASIC_AUTH, BEARER_TOKEN, SIGNATURE, CERTIFICATE, or none.");
    private readonly Option<string?> _secret = Named("--secret-file", "FILE", "File that holds the secret (user:password, the token, or the key); - is standard input.");
    private readonly Option<long?> _certificate = new("--certificate-id") { HelpName = "ID", Description = "Client certificate for CERTIFICATE; see webhook cert list." };
    private readonly Option<long?> _authority = new("--ca-certificate-id") { HelpName = "ID", Description = "The private authority that the receiver's certificate comes from." };
    private readonly Option<string[]> _channels = Repeated("--channel", "CHANNEL", "What to send; may be repeated. All of them together take the place of those before.");
    private readonly Option<string[]> _headers = Repeated("--header", "NAME=VALUE", "A header of your own; may be repeated. NAME=@FILE reads the value from a file: arguments can be seen by others.");
    private readonly Option<bool?> _insecure = new("--insecure") { Description = "Do not verify the receiver's TLS certificate." };
    private readonly Option<string?> _output = Named("--output", "FORMAT", "json or ndjson.");
    private readonly Option<string?> _timestamps = Named("--timestamp-format", "UNIT", "seconds, milliseconds, microseconds or nanoseconds.");
    private readonly Option<string[]> _delivery = Repeated("--delivery", "KEY=VALUE", "A delivery setting, such as maxBatchEvents=500 or ordered=true; may be repeated. Without a value: back to its default.");
    private readonly Option<bool> _enable = new("--enable") { Description = "Test these settings and enable it; if the test fails nothing changes." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_file, _name, _endpoint, _auth, _secret, _certificate, _authority, _channels, _headers, _insecure, _output, _timestamps, _delivery, _enable])
            command.Options.Add(option);
    }

    public JsonObject Create(ParseResult parsed) => Apply(parsed, FromFile(parsed) ?? new JsonObject { ["type"] = "WEBHOOK" });

    /// <param name="current">As the API shows it; kept where nothing is given.</param>
    public JsonObject Update(ParseResult parsed, JsonObject current)
    {
        var body = FromFile(parsed) ?? current;
        // What it is shown with and is no setting: so that an answer, edited, can be sent back.
        if (JsonNode.DeepEquals(body["id"], current["id"])) body.Remove("id");
        body.Remove("managedBy");
        // Enabled or not, it stays so unless something else is said.
        if (ReferenceEquals(body, current)) body.Remove("isEnabled");
        return Apply(parsed, body);
    }

    private JsonObject? FromFile(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is not { } file) return null;
        if (file == InputFile.StandardInput && parsed.GetValue(_secret) == InputFile.StandardInput)
            throw ClientFailure.WrongUsage("--file and --secret-file cannot both be standard input");
        try
        {
            return JsonNode.Parse(InputFile.Read(file, IntegrationBody.MaxBytes)) as JsonObject ?? throw ClientFailure.WrongUsage($"{file} holds no JSON object");
        }
        catch (JsonException e)
        {
            // Its message may hold a piece of the file, and in that there may be a secret.
            throw ClientFailure.WrongUsage($"{file} holds no JSON: it is wrong at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
    }

    private JsonObject Apply(ParseResult parsed, JsonObject body)
    {
        Set(body, "name", parsed.GetValue(_name));
        if (parsed.GetValue(_channels) is { Length: > 0 } channels) body["channels"] = new JsonArray([.. channels.Select(static c => (JsonNode)c)]);
        if (parsed.GetValue(_enable)) body["isEnabled"] = true;
        var connection = Part(body, "connectionInfo");
        Set(connection, "endpoint", parsed.GetValue(_endpoint));
        if (parsed.GetValue(_auth) is { } auth) connection["auth"] = auth is "none" ? null : auth;
        if (parsed.GetValue(_secret) is { } secret) connection["secret"] = ReadSecret(secret);
        if (parsed.GetValue(_certificate) is { } certificate) connection["certificateId"] = certificate;
        if (parsed.GetValue(_authority) is { } authority) connection["caCertificateId"] = authority;
        if (parsed.GetValue(_headers) is { Length: > 0 } headers) connection["headers"] = new JsonArray([.. headers.Select(Header)]);
        if (parsed.GetValue(_insecure) is { } insecure) connection["isInsecure"] = insecure;
        Set(connection, "output", parsed.GetValue(_output));
        Set(connection, "timestampFormat", parsed.GetValue(_timestamps));
        foreach (var setting in parsed.GetValue(_delivery) ?? [])
        {
            var (key, value) = Split(setting, "--delivery", "maxBatchEvents=500");
            Part(body, "delivery")[key] = Value(value);
        }

        return body;
    }

    /// <summary>The secret of an option; the line feed at its end is the editor's.</summary>
    public static string ReadSecret(string file) =>
        InputFile.ReadText(file, MaxSecretBytes).TrimEnd('\n', '\r') is { Length: > 0 } secret ? secret : throw ClientFailure.WrongUsage($"the secret file {file} is empty");

    private static JsonObject Part(JsonObject body, string name)
    {
        if (body[name] is JsonObject part) return part;
        var made = new JsonObject();
        body[name] = made;
        return made;
    }

    private static void Set(JsonObject body, string name, string? value)
    {
        if (value is not null) body[name] = value;
    }

    private static JsonNode Header(string header)
    {
        var (name, value) = Split(header, "--header", "X-Team=blue");
        return new JsonObject { ["key"] = name, ["value"] = value.StartsWith('@') ? ReadSecret(value[1..]) : value };
    }

    // Numbers, flags and objects are what they look like; everything else is a word.
    private static JsonNode? Value(string text)
    {
        if (text.Length == 0) return null;
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static (string Name, string Value) Split(string text, string option, string example)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (text[..equals], text[(equals + 1)..]) : throw ClientFailure.WrongUsage($"{option} is written NAME=VALUE, for example {option} {example}");
    }

    private static Option<string?> Named(string name, string help, string description) => new(name) { HelpName = help, Description = description };

    private static Option<string[]> Repeated(string name, string help, string description) => new(name) { HelpName = help, Description = description };
}
