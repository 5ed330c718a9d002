using System.Text;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>Every rule of an integration's settings, with the full text of its error. Bodies are those of the API, so that reading is tested along.</summary>
public class IntegrationValidatorTests
{
    private const string SecretWord = "hunter2-never-shown";

    private static readonly TestSecrets Secrets = new();
    private static readonly ChannelList Channels = new(new ChannelOptions());
    private static readonly IntegrationValidator Validator = new(Channels, Secrets);

    private static readonly CertificateUse.Described Known = new(Example.Now,
    [
        new CertificateFacts(1, CertificateUsage.Client, Example.Now.AddSeconds(1)), new CertificateFacts(2, CertificateUsage.Ca, Example.Now.AddSeconds(1)),
        new CertificateFacts(3, CertificateUsage.Client, Example.Now), new CertificateFacts(4, CertificateUsage.Ca, Example.Now),
    ]);

    public static TheoryData<string, string> Connections => new()
    {
        { """{}""", "connectionInfo.endpoint: is missing; an absolute https:// or http:// URL" },
        { """{"endpoint":null}""", "connectionInfo.endpoint: is missing; an absolute https:// or http:// URL" },
        { """{"endpoint":5}""", "connectionInfo.endpoint: must be a string, not a number" },
        { """{"endpoint":""}""", "connectionInfo.endpoint: '' must be an absolute https:// or http:// URL" },
        { """{"endpoint":"/hook"}""", "connectionInfo.endpoint: '/hook' must be an absolute https:// or http:// URL" },
        { """{"endpoint":"ftp://r/"}""", "connectionInfo.endpoint: 'ftp://r/' must be an absolute https:// or http:// URL" },
        { """{"endpoint":"https://"}""", "connectionInfo.endpoint: 'https://' must be an absolute https:// or http:// URL" },
        { """{"endpoint":"https://r/a b"}""", "connectionInfo.endpoint: holds white space; write it as %20 or remove it" },
        { """{"endpoint":"https://r/#top"}""", "connectionInfo.endpoint: 'https://r/#top' must not have a fragment (#…); it is never sent, remove it" },
        {
            """{"endpoint":"https://u:hunter2-never-shown@r/"}""",
            "connectionInfo.endpoint: must not hold user information (user:password@); use auth BASIC_AUTH with secret user:password"
        },
        { """{"endpoint":"ftp://u:hunter2-never-shown@r/"}""", "connectionInfo.endpoint: must be an absolute https:// or http:// URL" },
        { """{"endpoint":"https://r/","url":1}""", "connectionInfo.url: unknown member; known here: endpoint, auth, secret, certificateId, caCertificateId, headers, isInsecure, output, timestampFormat" },
        { """{"endpoint":"https://r/","endpoint":"https://s/"}""", "connectionInfo.endpoint: is given twice; give it once" },
        { """{"endpoint":"https://r/","auth":"basic_auth","secret":"a:b"}""", "connectionInfo.auth: 'basic_auth' is not known; one of BASIC_AUTH, BEARER_TOKEN, SIGNATURE, CERTIFICATE" },
        { """{"endpoint":"https://r/","auth":true}""", "connectionInfo.auth: must be a string, not true or false" },
        { """{"endpoint":"https://r/","auth":"BASIC_AUTH"}""", "connectionInfo.secret: is missing; auth BASIC_AUTH needs it" },
        { """{"endpoint":"https://r/","auth":"BEARER_TOKEN"}""", "connectionInfo.secret: is missing; auth BEARER_TOKEN needs it" },
        { """{"endpoint":"https://r/","auth":"SIGNATURE"}""", "connectionInfo.secret: is missing; auth SIGNATURE needs it" },
        { """{"endpoint":"https://r/","auth":"SIGNATURE","secret":""}""", "connectionInfo.secret: is empty" },
        { """{"endpoint":"https://r/","auth":"SIGNATURE","secret":["hunter2-never-shown"]}""", "connectionInfo.secret: must be a string, not a list" },
        { """{"endpoint":"https://r/","auth":"BASIC_AUTH","secret":"hunter2-never-shown"}""", "connectionInfo.secret: must be user:password for BASIC_AUTH; there is no user before a colon" },
        { """{"endpoint":"https://r/","auth":"BASIC_AUTH","secret":":hunter2-never-shown"}""", "connectionInfo.secret: must be user:password for BASIC_AUTH; there is no user before a colon" },
        { """{"endpoint":"https://r/","auth":"BASIC_AUTH","secret":"u:hunter2-never-shown x"}""", "connectionInfo.secret: must be user:password without white space for BASIC_AUTH" },
        { """{"endpoint":"https://r/","auth":"BEARER_TOKEN","secret":"hunter2-never-shown\r\nX: y"}""", "connectionInfo.secret: must be visible ASCII without white space for BEARER_TOKEN" },
        { """{"endpoint":"https://r/","auth":"SIGNATURE","secret":"whsec_hunter2-never-shown"}""", "connectionInfo.secret: begins with whsec_ and must go on with base64" },
        { """{"endpoint":"https://r/","auth":"SIGNATURE","secret":"whsec_AAAA"}""", "connectionInfo.secret: holds a key of 3 bytes after whsec_; 24 to 64 are needed" },
        { """{"endpoint":"https://r/","secret":"hunter2-never-shown"}""", "connectionInfo.secret: is used only with auth BASIC_AUTH, BEARER_TOKEN or SIGNATURE; choose one of them or leave the secret out" },
        { """{"endpoint":"https://r/","auth":"CERTIFICATE"}""", "connectionInfo.certificateId: is missing; auth CERTIFICATE needs it" },
        { """{"endpoint":"https://r/","auth":"CERTIFICATE","certificateId":7}""", "connectionInfo.certificateId: there is no certificate with id 7" },
        { """{"endpoint":"https://r/","auth":"CERTIFICATE","certificateId":"7"}""", "connectionInfo.certificateId: must be a whole number, not a string" },
        { """{"endpoint":"https://r/","certificateId":7}""", "connectionInfo.certificateId: is used only with auth CERTIFICATE; choose it or leave the id out" },
        { """{"endpoint":"https://r/","auth":"CERTIFICATE","certificateId":2}""", "connectionInfo.certificateId: certificate 2 has usage CA; one with usage CLIENT is needed" },
        { """{"endpoint":"https://r/","auth":"CERTIFICATE","certificateId":3}""", "connectionInfo.certificateId: certificate 3 expired at 2026-03-01T12:00:00Z; renew it or choose another" },
        { """{"endpoint":"http://r/","auth":"CERTIFICATE","certificateId":1}""", "connectionInfo.auth: CERTIFICATE needs an https:// endpoint: a client certificate is presented in the TLS handshake" },
        { """{"endpoint":"https://r/","caCertificateId":7}""", "connectionInfo.caCertificateId: there is no certificate with id 7" },
        { """{"endpoint":"https://r/","caCertificateId":1}""", "connectionInfo.caCertificateId: certificate 1 has usage CLIENT; one with usage CA is needed" },
        { """{"endpoint":"https://r/","caCertificateId":4}""", "connectionInfo.caCertificateId: certificate 4 expired at 2026-03-01T12:00:00Z; renew it or choose another" },
        { """{"endpoint":"https://r/","caCertificateId":[2]}""", "connectionInfo.caCertificateId: must be a whole number, not a list" },
        { """{"endpoint":"http://r/","caCertificateId":2}""", "connectionInfo.caCertificateId: needs an https:// endpoint: a receiver shows its certificate in the TLS handshake" },
        { """{"endpoint":"https://r/","caCertificateId":2,"isInsecure":true}""", "connectionInfo.caCertificateId: verifies the receiver's certificate, and isInsecure true asks not to; leave one of them out" },
        { """{"endpoint":"https://r/","isInsecure":"no"}""", "connectionInfo.isInsecure: must be true or false, not a string" },
        { """{"endpoint":"https://r/","output":"JSON"}""", "connectionInfo.output: 'JSON' is not known; one of json, ndjson" },
        { """{"endpoint":"https://r/","timestampFormat":"ms"}""", "connectionInfo.timestampFormat: 'ms' is not known; one of seconds, milliseconds, microseconds, nanoseconds" },
        { """{"endpoint":"https://r/","headers":{"a":"b"}}""", "connectionInfo.headers: must be a list, not an object" },
        { """{"endpoint":"https://r/","headers":["a"]}""", "connectionInfo.headers[0]: must be an object, not a string" },
        { """{"endpoint":"https://r/","headers":[{"key":"X-A","value":"1"},{"key":"X-B"}]}""", "connectionInfo.headers[1].value: is missing" },
        { """{"endpoint":"https://r/","headers":[{"value":"1"}]}""", "connectionInfo.headers[0].key: is missing" },
        { """{"endpoint":"https://r/","headers":[{"key":"X-A","value":1}]}""", "connectionInfo.headers[0].value: must be a string, not a number" },
        { """{"endpoint":"https://r/","headers":[{"key":"X-A","value":"1","name":"x"}]}""", "connectionInfo.headers[0].name: unknown member; known here: key, value" },
        { """{"endpoint":"https://r/","headers":[{"key":"X-A","value":"1"},{"key":"x-a","value":"2"}]}""", "connectionInfo.headers[1].key: 'x-a' is given twice; names do not differ by upper and lower case" },
        { """{"endpoint":"https://r/","headers":[{"key":"X-A","value":"hunter2-never-shown\n"}]}""", "connectionInfo.headers[0].value: has the character U+000A at index 19; only visible ASCII, spaces and tabs" },
    };

    public static TheoryData<string, string> Bodies => new()
    {
        { """[]""", "the body must be a JSON object, not a list" },
        { """null""", "the body must be a JSON object, not null" },
        { "", "the body is not JSON: line 1, byte 1" },
        { "{\n\"name\": hunter2-never-shown}", "the body is not JSON: line 2, byte 9" },
        { """{"name":"\ud800"}""", "the body is not JSON: a string in it is not valid UTF-8 or half of a surrogate pair" },
        { Body(type: "null"), "type: is missing; must be WEBHOOK" },
        { Body(type: "\"webhook\""), "type: 'webhook' is not known; must be WEBHOOK" },
        { Body(type: "\"LOCAL\""), "type: 'LOCAL' is not known; must be WEBHOOK" },
        { Body(type: "7"), "type: must be a string, not a number" },
        { Body(name: "null"), "name: is missing; 1 to 255 characters, unique" },
        { Body(name: "\" \\t \""), "name: has 0 characters without the white space around it; 1 to 255 are allowed" },
        { Body(name: $"\"{new string('n', 256)}\""), "name: has 256 characters without the white space around it; 1 to 255 are allowed" },
        { Body(name: "\"a\\nb\""), "name: holds a control character, such as a line break; remove it" },
        { Body(rest: ",\"isEnabled\":1"), "isEnabled: must be true or false, not a number" },
        { Body(rest: ",\"enabled\":true"), "enabled: unknown member; known here: type, name, isEnabled, channels, connectionInfo, delivery" },
        { Body(rest: ",\"channels\":\"ACTIVITY_AUDIT\""), "channels: must be a list, not a string" },
        { Body(rest: ",\"channels\":[\"ACTIVITY_AUDIT\",3]"), "channels[1]: must be a string, not a number" },
        { Body(rest: ",\"channels\":[\"activity_audit\"]"), $"channels[0]: 'activity_audit' is not a channel; known are {string.Join(", ", Channels.Names)}" },
        { Body(rest: ",\"channels\":[\"ACTIVITY_AUDIT\",\"ACTIVITY_AUDIT\"]"), "channels[1]: 'ACTIVITY_AUDIT' is given twice; give it once" },
        { """{"type":"WEBHOOK","name":"n"}""", "connectionInfo.endpoint: is missing; an absolute https:// or http:// URL" },
        { """{"type":"WEBHOOK","name":"n","connectionInfo":"https://r"}""", "connectionInfo: must be an object, not a string" },
        { Body(rest: ",\"delivery\":[]"), "delivery: must be an object, not a list" },
        { Delivery("maxBatchEvents", "0"), "delivery.maxBatchEvents: 0 is out of range; 1 to 10000" },
        { Delivery("maxBatchEvents", "10001"), "delivery.maxBatchEvents: 10001 is out of range; 1 to 10000" },
        { Delivery("maxBatchEvents", "1.5"), "delivery.maxBatchEvents: must be a whole number, not 1.5" },
        { Delivery("maxBatchBytes", "999"), "delivery.maxBatchBytes: 999 is out of range; 1000 to 10000000" },
        { Delivery("maxBatchBytes", "99999999999"), "delivery.maxBatchBytes: 99999999999 is out of range; 1000 to 10000000" },
        { Delivery("maxBatchDelayMs", "-1"), "delivery.maxBatchDelayMs: -1 is out of range; 0 to 300000" },
        { Delivery("maxBatchDelayMs", "300001"), "delivery.maxBatchDelayMs: 300001 is out of range; 0 to 300000" },
        { Delivery("timeoutMs", "999"), "delivery.timeoutMs: 999 is out of range; 1000 to 60000" },
        { Delivery("timeoutMs", "60001"), "delivery.timeoutMs: 60001 is out of range; 1000 to 60000" },
        { Delivery("maxConcurrency", "0"), "delivery.maxConcurrency: 0 is out of range; 1 to 64" },
        { Delivery("maxConcurrency", "65"), "delivery.maxConcurrency: 65 is out of range; 1 to 64" },
        { Delivery("ordered", "\"yes\""), "delivery.ordered: must be true or false, not a string" },
        { Delivery("maxRequestsPerSecond", "0"), "delivery.maxRequestsPerSecond: 0 is out of range; 0.01 to 10000" },
        { Delivery("maxRequestsPerSecond", "1e999"), "delivery.maxRequestsPerSecond: must be a number, not 1e999" },
        { Delivery("compression", "\"br\""), "delivery.compression: 'br' is not known; one of none, gzip, zstd" },
        { Delivery("signatureStyle", "\"GitHub\""), "delivery.signatureStyle: 'GitHub' is not known; one of standard-webhooks, github" },
        { Delivery("batchSize", "1"), "delivery.batchSize: unknown member; known here: maxBatchEvents, maxBatchBytes, maxBatchDelayMs, timeoutMs, maxConcurrency, ordered, maxRequestsPerSecond, compression, signatureStyle, statusOverrides" },
    };

    [Theory]
    [MemberData(nameof(Connections))]
    public void Validate_OneFaultInTheConnection_SaysExactlyThat(string connectionInfo, string error) =>
        ErrorsOf($$"""{"type":"WEBHOOK","name":"n","connectionInfo":{{connectionInfo}}}""").ShouldBe([error]);

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Validate_OneFaultInTheBody_SaysExactlyThat(string body, string error) => ErrorsOf(body).ShouldBe([error]);

    [Fact]
    public void Validate_ManyFaults_SaysAllOfThemAtOnce() =>
        ErrorsOf("""{"name":"","extra":1,"channels":["X"],"connectionInfo":{"auth":"SIGNATURE","output":"xml"},"delivery":{"timeoutMs":1}}""").Count.ShouldBe(8);

    [Fact]
    public void Validate_TheOriginalsSmallestBody_HasAllDefaults()
    {
        var valid = Valid(Body())!;

        valid.Name.ShouldBe("n");
        valid.IsEnabled.ShouldBeNull();
        valid.Settings.Endpoint.OriginalString.ShouldBe("https://r/");
        valid.Settings.Authentication.ShouldBe(Authentication.None);
        valid.Settings.Secrets.ShouldBeEmpty();
        valid.Settings.Headers.ShouldBeEmpty();
        valid.Settings.Channels.ShouldBeEmpty();
        valid.Settings.IsInsecure.ShouldBeFalse();
        valid.Settings.Output.ShouldBe(PayloadFormat.Json);
        valid.Settings.TimestampResolution.ShouldBe(TimestampResolution.Nanoseconds);
        valid.Settings.Delivery.ShouldBe(new DeliverySettings());
    }

    [Fact]
    public void Validate_EverythingGiven_TakesEverything()
    {
        var settings = Valid("""
            {"type":"WEBHOOK","name":"  edge  ","isEnabled":true,"channels":["PLATFORM_AUDIT","ACTIVITY_AUDIT"],
             "connectionInfo":{"endpoint":"http://r:81/x?y=z","auth":"SIGNATURE","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
              "headers":[{"key":"X-Team","value":"blue team"},{"key":"X-Empty","value":""}],"isInsecure":true,"output":"ndjson","timestampFormat":"seconds"},
             "delivery":{"maxBatchEvents":10000,"maxBatchBytes":1000,"maxBatchDelayMs":0,"timeoutMs":60000,"maxConcurrency":64,"ordered":true,
              "maxRequestsPerSecond":0.5,"compression":"zstd","signatureStyle":"standard-webhooks"}}
            """)!;

        settings.Name.ShouldBe("edge");
        settings.IsEnabled.ShouldBe(true);
        settings.Settings.Channels.ShouldBe(["PLATFORM_AUDIT", "ACTIVITY_AUDIT"]);
        settings.Settings.Headers.ShouldBe([new CustomHeader("X-Team", "blue team"), new CustomHeader("X-Empty", "")]);
        Secrets.Unprotect(settings.Settings.Secrets.ShouldHaveSingleItem()).ShouldBe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        settings.Settings.Delivery.ShouldBe(new DeliverySettings
        {
            MaxBatchEvents = 10000,
            MaxBatchBytes = 1000,
            MaxBatchDelayMs = 0,
            TimeoutMs = 60000,
            MaxConcurrency = 64,
            Ordered = true,
            MaxRequestsPerSecond = 0.5,
            Compression = RequestCompression.Zstd,
            SignatureStyle = SignatureStyle.StandardWebhooks,
        });
    }

    [Theory]
    [InlineData("BASIC_AUTH", "user:")]
    [InlineData("BASIC_AUTH", "müller:pässwort:with:colons")]
    [InlineData("BEARER_TOKEN", "t")]
    [InlineData("SIGNATURE", "It's a Secret to Everybody")]
    public void Validate_SecretThatFits_IsTaken(string auth, string secret) =>
        Secrets.Unprotect(Valid(Body(connection: $",\"auth\":\"{auth}\",\"secret\":\"{secret}\""))!.Settings.Secrets[0]).ShouldBe(secret);

    [Fact]
    public void Validate_CertificatesThatFit_AreTaken()
    {
        var settings = Valid(Body(connection: ",\"auth\":\"CERTIFICATE\",\"certificateId\":1,\"caCertificateId\":2"))!.Settings;

        (settings.CertificateId, settings.CaCertificateId).ShouldBe((1, 2));
    }

    [Fact]
    public void Validate_KeyPrefixInGitHubStyle_IsJustText() =>
        ErrorsOf(Body(connection: ",\"auth\":\"SIGNATURE\",\"secret\":\"whsec_x\"", rest: ",\"delivery\":{\"signatureStyle\":\"github\"}")).ShouldBeEmpty();

    [Fact]
    public void Validate_ChangeWithoutSecret_KeepsTheStoredOne()
    {
        var current = Valid(Body(connection: $",\"auth\":\"BEARER_TOKEN\",\"secret\":\"{SecretWord}\""))!.Settings;

        Valid(Body(connection: ",\"auth\":\"BEARER_TOKEN\""), current)!.Settings.Secrets.ShouldBe(current.Secrets);
        Valid(Body(connection: ",\"auth\":\"SIGNATURE\""), current)!.Settings.Secrets.ShouldBe(current.Secrets);
        Valid(Body(), current)!.Settings.Secrets.ShouldBeEmpty();
        ErrorsOf(Body(connection: ",\"auth\":\"BASIC_AUTH\""), current).ShouldBe(
            ["connectionInfo.secret: is missing, and the stored one cannot be used for auth BASIC_AUTH: it must be user:password for BASIC_AUTH; there is no user before a colon; give a new one"]);
    }

    [Fact]
    public void Validate_StoredSecretOfAnotherKeyRing_AsksForANewOne()
    {
        var foreign = Valid(Body())!.Settings with { Authentication = Authentication.BearerToken, Secrets = [new TestSecrets().Protect("t")] };

        ErrorsOf(Body(connection: ",\"auth\":\"SIGNATURE\""), foreign).ShouldBe(
            ["connectionInfo.secret: is missing, and the stored one cannot be used for auth SIGNATURE: it can no longer be decrypted; give a new one"]);
    }

    [Fact]
    public void Validate_AnyFault_NeverShowsTheSecret()
    {
        foreach (var body in Connections.Select(row => $$"""{"type":"WEBHOOK","name":"n","connectionInfo":{{row[0]}}}""").Concat(Bodies.Select(row => (string)row[0])))
            string.Join('\n', ErrorsOf(body)).ShouldNotContain("hunter2");
        var request = IntegrationRequestReader.Read(Encoding.UTF8.GetBytes(Body(connection: $",\"secret\":\"{SecretWord}\"")), new SettingErrors());
        request!.ToString().ShouldNotContain("hunter2");
        Valid(Body(connection: $",\"auth\":\"BEARER_TOKEN\",\"secret\":\"{SecretWord}\""))!.ToString().ShouldNotContain("hunter2");
    }

    private static string Body(string type = "\"WEBHOOK\"", string name = "\"n\"", string connection = "", string rest = "") =>
        $$"""{"type":{{type}},"name":{{name}},"connectionInfo":{"endpoint":"https://r/"{{connection}}}{{rest}}}""";

    private static string Delivery(string name, string value) => Body(rest: $",\"delivery\":{{\"{name}\":{value}}}");

    private static IReadOnlyList<string> ErrorsOf(string body, IntegrationSettings? current = null)
    {
        var errors = new SettingErrors();
        var request = IntegrationRequestReader.Read(Encoding.UTF8.GetBytes(body), errors);
        var valid = request is null ? null : Validator.Validate(request, current, Known, errors);
        (valid is null).ShouldBe(errors.Any);
        return errors.All;
    }

    private static ValidIntegration? Valid(string body, IntegrationSettings? current = null)
    {
        var errors = new SettingErrors();
        var valid = Validator.Validate(IntegrationRequestReader.Read(Encoding.UTF8.GetBytes(body), errors)!, current, Known, errors);
        errors.All.ShouldBeEmpty();
        return valid;
    }
}
