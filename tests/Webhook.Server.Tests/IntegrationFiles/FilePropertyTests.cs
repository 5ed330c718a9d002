using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationFiles;
using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationFiles;

/// <summary>Any valid request written as YAML reads back the same; whatever a file holds, reading it ends with a result or with errors that say no secret.</summary>
public sealed class FilePropertyTests
{
    private const string Marker = "hunter2-never-shown";

    // Everything that a header can carry; what YAML has a meaning for is likely.
    private static readonly Gen<string> GenText = Gen.OneOf(
        Gen.String[Gen.Char['!', '~'], 1, 30],
        Gen.OneOf("null", "~", "true", "no", "12", "0x1f", "a: b", "a #b", "- a", "{a}", "[a]", "&a", "*a", "!a", "|", ">", "%a", "@a", "'", "\"", "\\", "$", "$$", "$a", "a,b", "?", ":", "---", "..."));

    private static readonly Gen<string> GenSecret = Gen.Select(GenText, Gen.Bool).Select((text, unicode) => unicode ? text + "é€😀" : text);

    private static readonly Gen<string> GenDelivery = Gen.Select(Gen.Int[1, 10_000], Gen.Int[1000, 60_000], Gen.Bool, Gen.Double[0.01, 10_000], Gen.OneOf("none", "gzip", "zstd"), Gen.OneOf("standard-webhooks", "github"))
        .Select((events, timeout, ordered, rate, compression, style) => string.Create(CultureInfo.InvariantCulture,
            $"{{\"maxBatchEvents\":{events},\"timeoutMs\":{timeout},\"ordered\":{(ordered ? "true" : "false")},\"maxRequestsPerSecond\":{rate:R},\"compression\":\"{compression}\",\"signatureStyle\":\"{style}\",\"statusOverrides\":{{\"404\":\"gone\"}}}}"));

    /// <summary>Bodies of the API.</summary>
    private static readonly Gen<string> GenBody = Gen.Select(
        GenSecret, Gen.Select(Gen.OneOf("X-A", "X-B", "Team"), GenText).Select((key, value) => $"{{\"key\":\"{key}\",\"value\":{Json(value)}}}").Array[0, 1], GenDelivery, Gen.Bool,
        Gen.OneOf("seconds", "milliseconds", "microseconds", "nanoseconds"), Gen.OneOf("json", "ndjson"), GenText)
        .Select((secret, headers, delivery, insecure, format, output, path) =>
            $"{{\"type\":\"WEBHOOK\",\"name\":\"n\",\"channels\":[\"ACTIVITY_AUDIT\",\"PLATFORM_AUDIT\"],\"connectionInfo\":{{\"endpoint\":{Json("https://r/" + Uri.EscapeDataString(path))},\"auth\":\"SIGNATURE\",\"secret\":{Json(secret)},"
            + $"\"headers\":[{string.Join(',', headers)}],\"isInsecure\":{(insecure ? "true" : "false")},\"output\":\"{output}\",\"timestampFormat\":\"{format}\"}},\"delivery\":{delivery}}}");

    private static readonly Gen<string> GenWrong = Gen.Select(Gen.OneOf($"{Marker}", $"'{Marker}'", $"\"{Marker}\"", "${WRONG}", $"u:{Marker}", $"|\n      {Marker}\n"), Gen.OneOf("BASIC_AUTH", "BEARER_TOKEN", "SIGNATURE", "X", "", "[a]"), Gen.OneOf("5", "a", "{}", "&x y", "*x"))
        .Select((secret, auth, timeout) => $"""
            integrations:
            - type: WEBHOOK
              name: first
              channels: [SECURE_EVENTS_POLICIES, ACTIVITY_AUDIT]
              configuration:
                endpoint: https://receiver.example:8443/hook
                auth: {auth}
                headers: [{"{"}key: X-Team, value: blue{"}"}]
                delivery:
                  timeoutMs: {timeout}
                secret: {secret}
            - type: LOCAL
              channels: [SECURE_EVENTS_POLICIES]
              configuration: {"{"}output: stdout{"}"}
            """);

    // What YAML has a meaning for, and what text editors do.
    private static readonly Gen<string> GenPiece = Gen.OneOf(
        "\t", " ", "\n", "\r\n", "\r", ":", ": ", "- ", "-", "[", "]", "{", "}", ",", "'", "\"", "#", " #", "&a ", "*a", "!", "!!str ", "|", ">", "%", "@", "`", "?", "? ", "---\n", "...\n", "<<: ", "$", "${", "${TOKEN}", "$${", "\\", "\0", "\u0085",
        "\u2028", "\uFEFF", "é", "file:/", "null", "~", "%YAML 1.2\n", "%TAG ! x\n");

    [Fact]
    public void Any_valid_request_written_as_YAML_reads_back_the_same()
    {
        using var example = new FileExample();
        Gen.Select(GenBody, Gen.Bool, Gen.OneOf("\n", "\r\n")).Sample(
            (body, isBlock, lineBreak) =>
            {
                var wrong = new SettingErrors();
                var request = IntegrationRequestReader.Read(Encoding.UTF8.GetBytes(body), wrong);
                var expected = new IntegrationValidator(FileExample.Channels, FileExample.Secrets).Validate(request!, null, CertificateUse.Described.None, wrong);
                wrong.All.ShouldBeEmpty();

                var errors = new FileErrors();
                using var json = JsonDocument.Parse(body);
                var text = YamlWriter.Write(json.RootElement, isBlock).Replace("\n", lineBreak);
                var file = new IntegrationFileReader(new IntegrationValidator(FileExample.Channels, FileExample.Secrets), FileExample.Variables.GetValueOrDefault)
                    .Read(example.Write("p.yaml", Encoding.UTF8.GetBytes(text)), errors);
                string.Join('\n', errors.All).ShouldBe("", text);
                file!.Integrations[0].Name.ShouldBe(expected!.Name);
                file.Integrations[0].Settings.SameInClearAs(expected.Settings, FileExample.Secrets).ShouldBeTrue(text);
            },
            time: FuzzTime.Seconds, threads: 1);
    }

    [Fact]
    public void Any_mutated_file_ends_with_a_result_or_errors_that_say_no_secret()
    {
        using var example = new FileExample();
        var reader = new IntegrationFileReader(new IntegrationValidator(FileExample.Channels, FileExample.Secrets), FileExample.Variables.GetValueOrDefault);
        Gen.Select(GenWrong, Gen.Select(Gen.Int[0, 600], Gen.Int[0, 8], GenPiece).Array[0, 6]).Sample(
            (text, edits) =>
            {
                var mutated = edits.Aggregate(text, (current, edit) =>
                {
                    var at = Math.Min(edit.Item1, current.Length);
                    return current[..at] + edit.Item3 + current[Math.Min(at + edit.Item2, current.Length)..];
                });
                var errors = new FileErrors();
                var file = reader.Read(example.Write("m.yaml", Encoding.UTF8.GetBytes(mutated)), errors);
                (file is null).ShouldBe(errors.Any, mutated);
                new AgentFileReader().Read(example.Path("m.yaml"), new FileErrors());
                // A mutation may make a key of a value; values are never told.
                if (edits.Length == 0) string.Join('\n', errors.All).ShouldNotContain(Marker);
            },
            time: FuzzTime.Seconds, threads: 1);
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);
}
