using Webhook.Actors.Events;
using Webhook.Actors.Integrations;

namespace Webhook.Server.Tests.IntegrationFiles;

/// <summary>What good files say.</summary>
public sealed class IntegrationFileTests
{
    [Fact]
    public void Read_TheOriginalsExample_TakesEverything()
    {
        using var example = new FileExample();
        var file = example.Read("""
            integrations:
            - type: WEBHOOK
              channels: [SECURE_EVENTS_POLICIES, ACTIVITY_AUDIT]
              configuration:
                endpoint: https://receiver.example:8443/hook
                auth: SIGNATURE
                secret: …
                insecure: false
                headers: [{key: X-Team, value: blue}]
                output: json
                timestampFormat: nanoseconds
            - type: LOCAL
              channels: [SECURE_EVENTS_POLICIES]
              configuration: {output: stdout}
            """)!;

        example.Found.ShouldBe("");
        file.Path.ShouldBe(example.Path("f.yaml"));
        file.Integrations.Count.ShouldBe(2);
        var (webhook, local) = (file.Integrations[0], file.Integrations[1]);
        webhook.Index.ShouldBe(0);
        webhook.Name.ShouldBeNull();
        webhook.Place.ToString().ShouldBe("line 2, column 3");
        webhook.Settings.Type.ShouldBe(IntegrationType.Webhook);
        webhook.Settings.Endpoint.OriginalString.ShouldBe("https://receiver.example:8443/hook");
        webhook.Settings.Authentication.ShouldBe(Authentication.Signature);
        FileExample.Secrets.Unprotect(webhook.Settings.Secrets.ShouldHaveSingleItem()).ShouldBe("…");
        webhook.Settings.Headers.ShouldBe([new CustomHeader("X-Team", "blue")]);
        webhook.Settings.Channels.ShouldBe(["SECURE_EVENTS_POLICIES", "ACTIVITY_AUDIT"]);
        webhook.Settings.Delivery.ShouldBe(new DeliverySettings());
        local.Index.ShouldBe(1);
        local.Settings.Type.ShouldBe(IntegrationType.Local);
        local.Settings.Endpoint.ShouldBe(IntegrationSettings.StandardOutput);
        local.Settings.Output.ShouldBe(PayloadFormat.Ndjson);
        local.Settings.TimestampResolution.ShouldBe(TimestampResolution.Nanoseconds);
    }

    [Fact]
    public void Read_EverythingOfOurs_TakesEverything()
    {
        using var example = new FileExample();
        var settings = example.Read("""
            integrations:
            - name: " edge "
              type: WEBHOOK
              channels: [PLATFORM_AUDIT]
              configuration:
                endpoint: http://r:81/x?y=z
                insecure: true
                output: ndjson
                timestampFormat: seconds
                delivery:
                  maxBatchEvents: 7
                  maxBatchBytes: 5000
                  maxBatchDelayMs: 0
                  timeoutMs: "${TIMEOUT}"
                  maxConcurrency: 3
                  ordered: ${FLAG}
                  maxRequestsPerSecond: 2.5e0
                  compression: zstd
                  signatureStyle: github
                  statusOverrides: {404: server_error, "409": delivered}
            """)!.Integrations.ShouldHaveSingleItem();

        settings.Name.ShouldBe("edge");
        settings.Settings.IsInsecure.ShouldBeTrue();
        settings.Settings.Output.ShouldBe(PayloadFormat.Ndjson);
        settings.Settings.TimestampResolution.ShouldBe(TimestampResolution.Seconds);
        settings.Settings.Delivery.StatusOverrides.ShouldBe([new StatusOverride(404, AttemptOutcome.ServerError), new StatusOverride(409, AttemptOutcome.Delivered)]);
        (settings.Settings.Delivery with { StatusOverrides = null }).ShouldBe(new DeliverySettings
        {
            MaxBatchEvents = 7,
            MaxBatchBytes = 5000,
            MaxBatchDelayMs = 0,
            TimeoutMs = 5000,
            MaxConcurrency = 3,
            Ordered = true,
            MaxRequestsPerSecond = 2.5,
            Compression = RequestCompression.Zstd,
            SignatureStyle = SignatureStyle.GitHub,
        });
    }

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("0x1F", "0x1F")]
    [InlineData("true", "true")]
    [InlineData("2026-01-01", "2026-01-01")]
    [InlineData("'null'", "null")]
    [InlineData("'it''s'", "it's")]
    [InlineData("\"a\\tb\\u00e9\"", "a\tbé")]
    [InlineData("a#b", "a#b")]
    [InlineData("|\n      line\n", "line\n")]
    [InlineData("${TOKEN}", "t0ken")]
    [InlineData("'a${TOKEN}b${FLAG}'", "at0kenbtrue")]
    [InlineData("$${TOKEN}", "${TOKEN}")]
    [InlineData("$TOKEN$", "$TOKEN$")]
    [InlineData("${ODD}", "hunter2${TOKEN}file:/x")]
    [InlineData("file:/etc/webhook/plain", "s3cret")]
    [InlineData("file:/etc/webhook/newline", "s3cret")]
    [InlineData("file:/etc/webhook/crlf", "s3cret")]
    [InlineData("file:/etc/webhook/newlines", "s3cret\n")]
    [InlineData("file:/etc/webhook/${TOKEN}", "of the token")]
    [InlineData("file:/etc/webhook/reference", "${TOKEN}")]
    public void Read_Secret_IsTheTextAsWritten(string written, string secret)
    {
        using var example = new FileExample();
        foreach (var (name, content) in new[] { ("plain", "s3cret"), ("newline", "s3cret\n"), ("crlf", "s3cret\r\n"), ("newlines", "s3cret\n\n"), ("t0ken", "of the token"), ("reference", "${TOKEN}") })
            example.WriteSecret(name, content);
        var file = example.Read($"integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration:\n    endpoint: https://r/\n    auth: SIGNATURE\n    secret: {written}\n");
        example.Found.ShouldBe("");
        FileExample.Secrets.Unprotect(file!.Integrations[0].Settings.Secrets[0]).ShouldBe(secret);
    }

    [Fact]
    public void Read_HeaderValueInAFile_IsTaken()
    {
        using var example = new FileExample();
        example.WriteSecret("key", "abc\n");
        example.Read("integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration: {endpoint: 'https://r/', headers: [{key: X-Api, value: 'file:/etc/webhook/key'}, {key: X-Tag, value: 'v-${TOKEN}'}]}\n")!
            .Integrations[0].Settings.Headers.ShouldBe([new CustomHeader("X-Api", "abc"), new CustomHeader("X-Tag", "v-t0ken")]);
    }

    [Fact]
    public void Read_SecretThatEverybodyMayRead_IsTakenWithAWarning()
    {
        using var example = new FileExample();
        example.WriteSecret("secret", "s", isOpen: true);
        example.Read("integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration:\n    endpoint: https://r/\n    auth: SIGNATURE\n    secret: file:/etc/webhook/secret\n").ShouldNotBeNull();
        example.Found.ShouldBe("/etc/webhook/f.yaml:7:13: warning: integrations[0].configuration.secret: /etc/webhook/secret may be read by everybody on this machine (mode 444); chmod o-r it");
    }

    [Theory]
    [InlineData("integrations: []")]
    [InlineData("\uFEFF# comment\r\nintegrations: []\r\n")]
    public void Read_EmptyList_IsAFileWithAWarning(string text)
    {
        using var example = new FileExample();
        example.Read(text)!.Integrations.ShouldBeEmpty();
        example.Errors.Warnings.ShouldHaveSingleItem().Message.ShouldBe("is empty: nothing is forwarded");
    }

    [Fact]
    public void Read_AnchorsAndAliases_StandForTheirValues()
    {
        using var example = new FileExample();
        var file = example.Read("""
            integrations:
            - type: WEBHOOK
              channels: &all [ACTIVITY_AUDIT]
              configuration: &to {endpoint: "https://r/"}
            - {type: WEBHOOK, channels: *all, configuration: *to}
            """)!;
        file.Integrations[1].Settings.SameAs(file.Integrations[0].Settings).ShouldBeTrue();
    }

    [Fact]
    public void SameInClearAs_ReadTwice_TellsWhetherTheySayTheSame()
    {
        using var example = new FileExample();
        const string Text = "integrations:\n- type: WEBHOOK\n  channels: [ACTIVITY_AUDIT]\n  configuration:\n    endpoint: https://r/\n    auth: SIGNATURE\n    secret: one\n";
        var first = example.Read(Text)!.Integrations[0].Settings;
        first.SameAs(example.Read(Text)!.Integrations[0].Settings).ShouldBeFalse("the same secret is encrypted to another text");
        first.SameInClearAs(example.Read(Text)!.Integrations[0].Settings, FileExample.Secrets).ShouldBeTrue();
        first.SameInClearAs(example.Read(Text.Replace("one", "two"))!.Integrations[0].Settings, FileExample.Secrets).ShouldBeFalse();
        first.SameInClearAs(example.Read(Text.Replace("https://r/", "https://s/"))!.Integrations[0].Settings, FileExample.Secrets).ShouldBeFalse();
        first.SameInClearAs(first with { Secrets = [new StoredSecret("lost")] }, FileExample.Secrets).ShouldBeFalse();
        first.SameInClearAs(first with { Secrets = [first.Secrets[0] with { ExpiresAt = DateTimeOffset.UnixEpoch }] }, FileExample.Secrets).ShouldBeFalse();
    }
}
