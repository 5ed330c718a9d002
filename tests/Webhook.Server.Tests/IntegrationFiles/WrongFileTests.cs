using System.Text;
using Webhook.Server.IntegrationFiles;

namespace Webhook.Server.Tests.IntegrationFiles;

/// <summary>Every way in which a file can be wrong, with the whole text of what is said.</summary>
public sealed class WrongFileTests
{
    private const string Start = "integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration:\n    endpoint: https://r/\n";
    private const string Local = "integrations:\n- type: LOCAL\n  channels: [ACTIVITY_AUDIT]\n  configuration:\n    output: stdout\n";
    private static readonly string Known = string.Join(", ", FileExample.Channels.Names);

    /// <summary>What is no YAML, or not of the file's shape. <c>→</c> is a tab.</summary>
    public static TheoryData<string, string> Files => new()
    {
        { "", "f.yaml: holds nothing" },
        { "# nothing\n", "f.yaml: holds nothing" },
        { "--- \n", "f.yaml:2:2: must be a mapping (key: value), not null" },
        { "hello\n", "f.yaml:1:1: must be a mapping (key: value), not a single value" },
        { "- a\n", "f.yaml:1:1: must be a mapping (key: value), not a list" },
        { "integrations:\n", "f.yaml:1:1: integrations: is missing; a list of integrations, or [] for none" },
        { "{}\n", "f.yaml:1:1: integrations: is missing; a list of integrations, or [] for none" },
        { "integrations: {a: b}\n", "f.yaml:1:15: integrations: must be a list, not a mapping" },
        { "integrations: x\n", "f.yaml:1:15: integrations: must be a list, not a single value" },
        { "integrations: [x]\n", "f.yaml:1:16: integrations[0]: must be a mapping (key: value), not a single value" },
        { "integrations: []\nversion: 1\n", "f.yaml:2:1: version: unknown key; known here: integrations" },
        { "Integrations: []\n", "f.yaml:1:1: Integrations: unknown key; did you mean 'integrations'? Upper and lower case matter\nf.yaml:1:1: integrations: is missing; a list of integrations, or [] for none" },
        { "integrations: []\nintegrations: []\n", "f.yaml:2:1: integrations: is given twice; the first is in line 1, column 1" },
        { "integrations: []\nlocal_forwarder: {enabled: true}\n", "f.yaml:2:1: local_forwarder: does not belong here: it is the agent's own file that has it; give that with --agent-config" },
        { "integrations: []\n---\nintegrations: []\n", "f.yaml:2:1: a second document begins here (---); a file holds one" },
        { "integrations: !list []\n", "f.yaml:1:15: tags (!) are not taken: the key says what a value is. If it is a text, put it in quotes" },
        { "[a]: b\n", "f.yaml:1:1: a key must be a word" },
        { "<<: {a: b}\nintegrations: []\n", "f.yaml:1:1: <<: merge keys are not taken; write the keys out, or give a whole value an anchor (&) and an alias (*)" },
        { "integrations: *all\n", "f.yaml:1:15: a value cannot begin with * unless an anchor (&) of this name stands above; put it in quotes" },
        { "integrations: &all [*all]\n", "f.yaml:1:21: a value cannot begin with * unless an anchor (&) of this name stands above; put it in quotes" },
        { "integrations: " + new string('[', 30) + new string(']', 30), "f.yaml:1:34: is nested more than 20 deep" },
        { new string('[', 100_000), "f.yaml:1:21: is nested more than 20 deep" },
        { "integrations:\n→- type: WEBHOOK\n", "f.yaml:2:1: a tab in the indentation; YAML allows only spaces there" },
        { "integrations:\n- type: WEBHOOK\n→channels: []\n", "f.yaml:3:1: a tab in the indentation; YAML allows only spaces there" },
        { "integrations:\n- type: WEBHOOK\n →channels: []\n", "f.yaml:3:2: a tab in the indentation; YAML allows only spaces there" },
        { "→integrations: []\n", "f.yaml:1:1: a tab in the indentation; YAML allows only spaces there" },
        { "integrations: 'a\n", "f.yaml:1:15: the quote that opens here is never closed" },
        { "integrations: \"a\n", "f.yaml:1:15: the quote that opens here is never closed" },
        { "integrations: \"\\q\"\n", "f.yaml:1:16: a \\ in double quotes begins an escape, and this is none; write \\\\ for the character itself, or use single quotes" },
        { "integrations: @a\n", "f.yaml:1:15: a value cannot begin with @; put it in quotes" },
        { "integrations: %a\n", "f.yaml:1:15: a value cannot begin with %; put it in quotes" },
        { "integrations: a: b\n", "f.yaml:1:16: a ': ' where none can be: put a value that holds one in quotes, or give this key the indentation of those above" },
        { "integrations: []\n  a: b\n", "f.yaml:2:3: is no YAML here or just before: a key without ': ', another indentation than above, or something behind a value in quotes" },
        { "integrations: [\n- a\n", "f.yaml:1:15: the [ that opens here is not closed where it should be; in brackets, put values with { } [ ] or , in quotes, also ${NAME}" },
        { "integrations: [a, {b: ${TOKEN}}]\n", "f.yaml:1:19: the { that opens here is not closed where it should be; in brackets, put values with { } [ ] or , in quotes, also ${NAME}" },
        { "integrations:\n- type: WEBHOOK\n  channels\n  configuration: {}\n", "f.yaml:3:3: is no YAML here or just before: a key without ': ', another indentation than above, or something behind a value in quotes" },
        { "integrations: []\nchannels\n", "f.yaml:2:1: is no YAML here or just before: a key without ': ', another indentation than above, or something behind a value in quotes" },
        { "integrations: |x\n", "f.yaml:1:15: after | or > only a line break can come; put a value that begins so in quotes" },
        { "integrations: 'a' b\n", "f.yaml:1:19: is no YAML here or just before: a key without ': ', another indentation than above, or something behind a value in quotes" },
        { "integrations: a\u0001b\n", "f.yaml:1:16: holds the character U+0001, which nobody sees; remove it" },
        { "integrations: a\0\n", "f.yaml:1:16: holds the character U+0000, which nobody sees; remove it" },
        { "integrations:\n- a\u2028b\n", "f.yaml:2:4: holds the character U+2028, which nobody sees; remove it" },
    };

    /// <summary>What is wrong with one entry.</summary>
    public static TheoryData<string, string> Entries => new()
    {
        { "integrations: [{}]", "f.yaml:1:16: integrations[0].channels: is missing; a list of what is sent, such as [SECURE_EVENTS_POLICIES]\nf.yaml:1:16: integrations[0].type: is missing; one of WEBHOOK, LOCAL" },
        { "integrations:\n-\n", "f.yaml:2:2: integrations[0]: must be a mapping (key: value), not null" },
        { Start.Replace("WEBHOOK", "webhook"), "f.yaml:2:9: integrations[0].type: 'webhook' is not known; did you mean WEBHOOK? Upper and lower case matter" },
        { Start.Replace("WEBHOOK", "webhook").Replace("https", "ftp"), "f.yaml:2:9: integrations[0].type: 'webhook' is not known; did you mean WEBHOOK? Upper and lower case matter\nf.yaml:5:15: integrations[0].configuration.endpoint: 'ftp://r/' must be an absolute https:// or http:// URL" },
        { Start.Replace("WEBHOOK", "EMAIL"), "f.yaml:2:9: integrations[0].type: 'EMAIL' is not known; one of WEBHOOK, LOCAL" },
        { Start.Replace("WEBHOOK", "[WEBHOOK]"), "f.yaml:2:9: integrations[0].type: must be a text, not a list" },
        { Start.Replace("WEBHOOK", "${TOKEN}"), "f.yaml:2:9: integrations[0].type: '${TOKEN}' must be written out; only values can come from the environment" },
        { Start.Replace("WEBHOOK", "null"), "f.yaml:2:3: integrations[0].type: is missing; one of WEBHOOK, LOCAL" },
        { Start.Replace("  channels: [ACTIVITY_AUDIT]\n", ""), "f.yaml:2:3: integrations[0].channels: is missing; a list of what is sent, such as [SECURE_EVENTS_POLICIES]" },
        { Start.Replace("[ACTIVITY_AUDIT]", "[]"), "f.yaml:3:13: integrations[0].channels: is empty, so that nothing would be sent; name at least one channel" },
        { Start.Replace("[ACTIVITY_AUDIT]", "ACTIVITY_AUDIT"), "f.yaml:3:13: integrations[0].channels: must be a list, not a single value" },
        { Start.Replace("[ACTIVITY_AUDIT]", "[activity_audit]"), $"f.yaml:3:14: integrations[0].channels[0]: 'activity_audit' is not a channel; known are {Known}" },
        { Start.Replace("[ACTIVITY_AUDIT]", "[ACTIVITY_AUDIT, {a: b}, X, '${WRONG}']"), $"f.yaml:3:30: integrations[0].channels[1]: must be a text, not a mapping\nf.yaml:3:38: integrations[0].channels[2]: 'X' is not a channel; known are {Known}\nf.yaml:3:41: integrations[0].channels[3]: '${{WRONG}}' is not a channel; known are {Known}" },
        { Start.Replace("[ACTIVITY_AUDIT]", "[ACTIVITY_AUDIT, ACTIVITY_AUDIT]"), "f.yaml:3:30: integrations[0].channels[1]: 'ACTIVITY_AUDIT' is given twice; give it once" },
        { Start + "  name: ''\n", "f.yaml:6:9: integrations[0].name: has 0 characters without the white space around it; 1 to 255 are allowed" },
        { Start.Replace("- type", "- name: a\n  type") + Start["integrations:\n".Length..] + "  name: ' a '\n", "f.yaml:11:9: integrations[1].name: 'a' is given twice; the first is in line 2, column 9. Names are unique in a file" },
        { Start + "  isEnabled: false\n", "f.yaml:6:3: integrations[0].isEnabled: does not belong here: what stands in the file is enabled; to disable it, take it out" },
        { Start + "  endpoint: x\n", "f.yaml:6:3: integrations[0].endpoint: does not belong here: it stands in configuration" },
        { Start.Replace("configuration", "connectionInfo"), "f.yaml:2:3: integrations[0].configuration: is missing; it holds at least the endpoint\nf.yaml:4:3: integrations[0].connectionInfo: does not belong here: in a file it is called configuration" },
        { Start.Replace("configuration", "Configuration"), "f.yaml:2:3: integrations[0].configuration: is missing; it holds at least the endpoint\nf.yaml:4:3: integrations[0].Configuration: unknown key; did you mean 'configuration'? Upper and lower case matter" },
        { "integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration:\n", "f.yaml:4:3: integrations[0].configuration: is missing; it holds at least the endpoint" },
        { "integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration: []\n", "f.yaml:4:18: integrations[0].configuration: must be a mapping (key: value), not a list" },
        { "integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration: {}\n", "f.yaml:4:18: integrations[0].configuration.endpoint: is missing; an absolute https:// or http:// URL" },
        { Local.Replace("stdout", "stderr"), "f.yaml:5:13: integrations[0].configuration.output: 'stderr' is not known for LOCAL; must be stdout" },
        { Local.Replace("    output: stdout\n", "    timestampFormat: x\n"), "f.yaml:5:5: integrations[0].configuration.output: is missing; LOCAL writes to stdout, and nowhere else\nf.yaml:5:22: integrations[0].configuration.timestampFormat: 'x' is not known; one of seconds, milliseconds, microseconds, nanoseconds" },
        { Local + "    secret: hunter2-never-shown\n", "f.yaml:6:5: integrations[0].configuration.secret: does not belong here: LOCAL takes only output and timestampFormat; it is for type WEBHOOK" },
        { Local + "    file: x\n", "f.yaml:6:5: integrations[0].configuration.file: unknown key; known here: output, timestampFormat" },
        { Local.Replace("configuration:\n    output: stdout", "x: y"), "f.yaml:2:3: integrations[0].configuration: is missing; {output: stdout}\nf.yaml:4:3: integrations[0].x: unknown key; known here: type, name, channels, configuration" },
    };

    /// <summary>What is wrong with one line of a webhook's configuration: the sixth of the file.</summary>
    public static TheoryData<string, string> Lines => new()
    {
        { "endpoint: https://s/", "5: endpoint: is given twice; the first is in line 5, column 5" },
        { "Secret: hunter2-never-shown", "5: Secret: unknown key; did you mean 'secret'? Upper and lower case matter" },
        { "timestamp_format: seconds", "5: timestamp_format: unknown key; did you mean 'timestampFormat'? Upper and lower case matter" },
        { "isInsecure: true", "5: isInsecure: does not belong here: in a file it is called insecure" },
        { "certificateId: 1", "5: certificateId: does not belong here: certificates are kept by webhook serve, and not available in a file; make this integration with its API" },
        { "timeoutMs: 5000", "5: timeoutMs: does not belong here: it stands in delivery, in configuration" },
        { "channels: []", "5: channels: does not belong here: it stands beside type, one level up" },
        { "colour: red", "5: colour: unknown key; known here: endpoint, auth, secret, headers, insecure, output, timestampFormat, delivery" },
        { "auth: CERTIFICATE", "11: auth: CERTIFICATE is not available in a file: certificates are kept by webhook serve. Make this integration with its API, or use BASIC_AUTH, BEARER_TOKEN or SIGNATURE" },
        { "auth: signature", "11: auth: 'signature' is not known; one of BASIC_AUTH, BEARER_TOKEN, SIGNATURE" },
        { "auth: ${WRONG}", "11: auth: '${WRONG}' is not known; one of BASIC_AUTH, BEARER_TOKEN, SIGNATURE" },
        { "auth: {a: b}", "11: auth: must be a text, not a mapping" },
        { "auth: SIGNATURE", "5:5: secret: is missing; auth SIGNATURE needs it" },
        { "secret: hunter2-never-shown", "13: secret: is used only with auth BASIC_AUTH, BEARER_TOKEN or SIGNATURE; choose one of them or leave the secret out" },
        { "{auth: BASIC_AUTH, secret: hunter2-never-shown}", "secret: must be user:password for BASIC_AUTH; there is no user before a colon" },
        { "{auth: BEARER_TOKEN, secret: 'hunter2-never-shown x'}", "secret: must be visible ASCII without white space for BEARER_TOKEN" },
        { "{auth: SIGNATURE, secret: }", "secret: is missing; auth SIGNATURE needs it" },
        { "{auth: SIGNATURE, secret: ''}", "secret: is empty" },
        { "{auth: SIGNATURE, secret: [hunter2-never-shown]}", "secret: must be a text, not a list" },
        { "{auth: SIGNATURE, secret: '${NOT_SET}'}", "secret: the environment variable NOT_SET is not set, or empty; set it where this program is started" },
        { "{auth: SIGNATURE, secret: 'a${EMPTY}b'}", "secret: the environment variable EMPTY is not set, or empty; set it where this program is started" },
        { "{auth: SIGNATURE, secret: 'hunter2-never-shown${'}", "secret: holds ${ without a variable's name and } behind it; write $${ for the characters themselves" },
        { "{auth: SIGNATURE, secret: 'hunter2-never-shown${A-B}'}", "secret: holds ${ without a variable's name and } behind it; write $${ for the characters themselves" },
        { "{auth: BASIC_AUTH, secret: '${WRONG}'}", "secret: must be user:password for BASIC_AUTH; there is no user before a colon" },
        { "{auth: SIGNATURE, secret: 'file:secret.txt'}", "secret: 'file:secret.txt' names no absolute path; write file:/path/of/the/file" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook/none'}", "secret: there is no file /etc/webhook/none" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook/none/none'}", "secret: there is no file /etc/webhook/none/none" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook'}", "secret: /etc/webhook is a folder; name the file in it" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook/empty'}", "secret: /etc/webhook/empty is empty" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook/line'}", "secret: /etc/webhook/line is empty" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook/large'}", "secret: /etc/webhook/large has more than 65536 bytes; is it the right file?" },
        { "{auth: SIGNATURE, secret: 'file:/etc/webhook/binary'}", "secret: /etc/webhook/binary is not UTF-8 text" },
        { "{auth: SIGNATURE, secret: 'file:${NOT_SET}/x'}", "secret: the environment variable NOT_SET is not set, or empty; set it where this program is started" },
        { "insecure: yes", "15: insecure: must be true or false, not 'yes'" },
        { "insecure: 'true'", "15: insecure: must be true or false, not a text; remove the quotes" },
        { "insecure: True", "15: insecure: must be true or false, not 'True'" },
        { "insecure: [true]", "15: insecure: must be true or false, not a list" },
        { "insecure: ${WRONG}", "15: insecure: must be true or false, not '${WRONG}'" },
        { "output: JSON", "13: output: 'JSON' is not known; one of json, ndjson" },
        { "output: stdout", "13: output: 'stdout' is not known; one of json, ndjson" },
        { "timestampFormat: ms", "22: timestampFormat: 'ms' is not known; one of seconds, milliseconds, microseconds, nanoseconds" },
        { "headers: {X-A: b}", "14: headers: must be a list, not a mapping" },
        { "headers: [X-A]", "15: headers[0]: must be a mapping (key: value), not a single value" },
        { "headers: [{key: X-A}, {value: b}, {key: Host, value: x}]", "15: headers[0].value: is missing; \"\" for an empty one\n27: headers[1].key: is missing\n45: headers[2].key: 'Host' is a standard header (IANA HTTP field name registry); use a name of your own, such as X-Host" },
        { "headers: [{key: X-A, value: 1, name: b}]", "36: headers[0].name: unknown key; known here: key, value" },
        { "headers: [{key: '${WRONG}', value: 1}]", "21: headers[0].key: '${WRONG}' must be written out; only values can come from the environment" },
        { "headers: [{key: X-A, value: 1}, {key: x-a, value: 2}]", "43: headers[1].key: 'x-a' is given twice; names do not differ by upper and lower case" },
        { "headers: [{key: X-A, value: \"hunter2-never-shown\\n\"}]", "33: headers[0].value: has the character U+000A at index 19; only visible ASCII, spaces and tabs" },
        { "headers: [{key: X-A, value: 'file:/etc/webhook/none'}]", "33: headers[0].value: there is no file /etc/webhook/none" },
        { "delivery: []", "15: delivery: must be a mapping (key: value), not a list" },
        { "delivery: {endpoint: x}", "16: delivery.endpoint: does not belong here: it stands one level up, in configuration" },
        { "delivery: {maxBatchEvent: 1}", "16: delivery.maxBatchEvent: unknown key; did you mean 'maxBatchEvents'? Upper and lower case matter" },
        { "delivery: {maxBatchEvents: 0}", "32: delivery.maxBatchEvents: 0 is out of range; 1 to 10000" },
        { "delivery: {maxBatchEvents: '7'}", "32: delivery.maxBatchEvents: must be a whole number, not a text; remove the quotes" },
        { "delivery: {maxBatchEvents: 1_000}", "32: delivery.maxBatchEvents: must be a whole number, not '1_000'" },
        { "delivery: {maxBatchEvents: 010}", "32: delivery.maxBatchEvents: must be a whole number, not '010'" },
        { "delivery: {maxBatchEvents: 1.5}", "32: delivery.maxBatchEvents: must be a whole number, not '1.5'" },
        { "delivery: {maxBatchEvents: 99999999999999999999}", "32: delivery.maxBatchEvents: must be a whole number, not '99999999999999999999'" },
        { "delivery: {maxBatchBytes: 999}", "31: delivery.maxBatchBytes: 999 is out of range; 1000 to 10000000" },
        { "delivery: {maxBatchDelayMs: 300001}", "33: delivery.maxBatchDelayMs: 300001 is out of range; 0 to 300000" },
        { "delivery: {timeoutMs: '${EMPTY}'}", "27: delivery.timeoutMs: the environment variable EMPTY is not set, or empty; set it where this program is started" },
        { "delivery: {timeoutMs: '9${TIMEOUT}'}", "27: delivery.timeoutMs: '9${TIMEOUT}' is out of range; 1000 to 60000" },
        { "delivery: {maxConcurrency: 65}", "32: delivery.maxConcurrency: 65 is out of range; 1 to 64" },
        { "delivery: {ordered: on}", "25: delivery.ordered: must be true or false, not 'on'" },
        { "delivery: {maxRequestsPerSecond: .inf}", "38: delivery.maxRequestsPerSecond: must be a number, not '.inf'" },
        { "delivery: {maxRequestsPerSecond: 1e999}", "38: delivery.maxRequestsPerSecond: must be a number, not '1e999'" },
        { "delivery: {maxRequestsPerSecond: 0}", "38: delivery.maxRequestsPerSecond: 0 is out of range; 0.01 to 10000" },
        { "delivery: {compression: br}", "29: delivery.compression: 'br' is not known; one of none, gzip, zstd" },
        { "delivery: {signatureStyle: GitHub}", "32: delivery.signatureStyle: 'GitHub' is not known; one of standard-webhooks, github" },
        { "delivery: {statusOverrides: {404: lost, 200: gone}}", "39: delivery.statusOverrides.404: 'lost' is not known; one of delivered, server_error, rate_limited, too_large, refused, misconfigured, gone\n50: delivery.statusOverrides.200: '200' is not a status that can be given another meaning; 300 to 599" },
        { "delivery: {statusOverrides: {404: gone, 404: gone}}", "45: delivery.statusOverrides.404: is given twice; the first is in line 6, column 34" },
    };

    public static TheoryData<string> OtherTypes =>
        ["CHRONICLE", "ELASTIC", "KAFKA", "KINESIS_DATA_STREAMS", "KINESIS_FIREHOSE", "MCM", "PUBSUB", "QRADAR", "S3", "SCC", "SENTINEL", "SPLUNK", "splunk", "SQS", "SYSLOG"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_NoFileOfIntegrations_SaysWhereAndWhy(string text, string found) => Check(text.Replace('→', '\t'), found);

    [Theory]
    [MemberData(nameof(Entries))]
    public void Read_WrongEntry_SaysWhereAndWhy(string text, string found) => Check(text, found);

    [Theory]
    [MemberData(nameof(Lines))]
    public void Read_WrongLine_SaysWhereAndWhy(string line, string found)
    {
        using var example = new FileExample();
        example.Write("empty", "");
        example.Write("line", "\n");
        example.Write("large", new string('x', 65_537));
        example.Write("binary", [0xFF]);
        // A mapping in brackets stands for several lines; its places are told apart in other cases.
        var isSeveral = line.StartsWith('{');
        var text = isSeveral
            ? string.Concat(line[1..^1].Split(", ").Select(static part => $"    {part}\n"))
            : $"    {line}\n";
        example.Read(Start + text).ShouldBeNull();
        example.Found.ShouldBe(string.Join('\n', found.Split('\n').Select(error =>
        {
            if (isSeveral) return $"/etc/webhook/f.yaml:{(error.Contains("is missing; auth") && !line.Contains("secret: }") ? 6 : 7)}:{(error.Contains("is missing") ? 5 : 13)}: integrations[0].configuration.{error}";
            var (at, rest) = (error[..error.IndexOf(' ')], error[error.IndexOf(' ')..]);
            return $"/etc/webhook/f.yaml:{(at.Count(c => c == ':') == 2 ? at : "6:" + at)} integrations[0].configuration.{rest.Trim()}";
        })));
    }

    [Theory]
    [MemberData(nameof(OtherTypes))]
    public void Read_TypeOfTheOriginal_IsRefusedByNameWithTheWayOut(string type) => Check(
        $"integrations:\n- type: {type}\n  channels: [ACTIVITY_AUDIT]\n  configuration: {{Index: indexname, ServiceToken: hunter2-never-shown}}\n",
        $"f.yaml:2:9: integrations[0].type: '{type}' is a type of the original that this program does not have. WEBHOOK sends to anything that takes HTTP, "
        + "also to a collector (Vector, Fluent Bit, Logstash) that passes events on; LOCAL writes them to standard output");

    [Fact]
    public void Read_BytesThatAreNoUtf8_SaysWhere()
    {
        CheckBytes([.. "integrations:\n- \""u8, 0xC3, 0x28], "f.yaml:2:4: the byte 0xC3 here is not UTF-8; save the file as UTF-8");
        CheckBytes([0xFF, 0xFE, (byte)'a', 0], "f.yaml: is UTF-16; save it as UTF-8");
        CheckBytes([.. Encoding.UTF8.Preamble, .. "a: \uFEFF"u8], "f.yaml:1:4: holds the character U+FEFF, which nobody sees; remove it");
    }

    [Fact]
    public void Read_FileThatIsTooLarge_SaysTheLimit()
    {
        using var example = new FileExample();
        using (var file = File.Create(example.Path("f.yaml"))) file.SetLength(10_000_000);
        example.ReadFile(example.Path("f.yaml")).ShouldBeNull();
        example.Found.ShouldBe("/etc/webhook/f.yaml: has more than 1048576 bytes; is it the right file?");
    }

    [Fact]
    public void Read_WhatIsNoFile_SaysSo()
    {
        using var example = new FileExample();
        example.ReadFile(example.Path("none")).ShouldBeNull();
        example.ReadFile(example.Path(".")).ShouldBeNull();
        example.ReadFile(example.Path("none/none")).ShouldBeNull();
        example.Found.ShouldBe("/etc/webhook/none: there is no such file\n/etc/webhook/.: is a folder; name the file in it\n/etc/webhook/none/none: there is no such file");
    }

    [Fact]
    public void Read_MoreErrorsThanHelp_StopsAtAHundred()
    {
        using var example = new FileExample();
        example.Read("integrations:\n" + string.Concat(Enumerable.Repeat("- {}\n", 1000))).ShouldBeNull();
        example.Errors.Errors.Count.ShouldBe(FileErrors.MaxErrors + 1);
        example.Found.ShouldContain("f.yaml: has more than 100 errors; mend the first ones");
    }

    [Fact]
    public void Read_MoreIntegrationsThanAllowed_SaysTheLimit() => Check(
        "integrations:\n" + string.Concat(Enumerable.Repeat("- {}\n", 1001)), "f.yaml:2:1: integrations: has 1001 entries; at most 1000");

    [Fact]
    public void Read_MoreChannelsThanAnybodyHas_SaysTheLimitAndNoMore() => Check(
        Start.Replace("[ACTIVITY_AUDIT]", $"[{string.Join(", ", Enumerable.Repeat("X", 1001))}]"), "f.yaml:3:13: integrations[0].channels: has 1001 entries; at most 1000");

    private static void Check(string text, string found)
    {
        using var example = new FileExample();
        example.Read(text).ShouldBeNull();
        example.Found.ShouldBe(string.Join('\n', found.Split('\n').Select(static line => "/etc/webhook/" + line)));
        example.Found.ShouldNotContain("hunter2");
    }

    private static void CheckBytes(byte[] bytes, string found)
    {
        using var example = new FileExample();
        example.ReadFile(example.Write("f.yaml", bytes)).ShouldBeNull();
        example.Found.ShouldBe("/etc/webhook/" + found);
    }
}
