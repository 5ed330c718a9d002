using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Integrations;

/// <summary>Whatever a body holds, it becomes settings or a list of errors that name their places; it never throws, and never says a secret.</summary>
public sealed partial class IntegrationRequestPropertyTests
{
    private const string Marker = "hunter2-never-shown";

    private static readonly TestSecrets Secrets = new();
    private static readonly IntegrationValidator Validator = new(new ChannelList(new ChannelOptions()), Secrets);
    private static readonly SecretRotation Rotation = new(Secrets);

    // Where a secret belongs, and where users put one by mistake.
    private static readonly Gen<string> GenSecret = Gen.OneOf(
        $"\"{Marker}\"", $"\"user:{Marker}\"", $"\"whsec_{Marker}\"", $"\"{Marker}\\n\"", $"\" {Marker}\"", $"[\"{Marker}\"]", $"{{\"a\":\"{Marker}\"}}", $"\"{Marker}\\ud800\"", "\"\"", "null", "7");

    private static readonly Gen<string> GenHeaders = Gen.OneOf(
        "[]", $"[{{\"key\":\"X-Team\",\"value\":\"{Marker}\"}}]", $"[{{\"key\":\"X-Team\",\"value\":\"{Marker}\\r\\n\"}}]", $"[{{\"key\":\"Host\",\"value\":\"{Marker}\"}},{{\"key\":\"host\",\"value\":7}}]", $"[\"{Marker}\"]");

    private static readonly Gen<string> GenDelivery = Gen.OneOf(
        AnyJson.ObjectOf("maxBatchEvents", "timeoutMs", "maxRequestsPerSecond", "ordered", "compression", "signatureStyle", "x"),
        Gen.Const("{\"signatureStyle\":\"github\"}"), AnyJson.Value);

    private static readonly Gen<string> GenPlain = Integration("\"https://r/\"", "\"ftp://r/\"", "\"r\"", "7");

    // Not to be mutated: without its @ a password is a part of the address.
    private static readonly Gen<string> GenWithPassword = Integration($"\"https://u:{Marker}@r/\"", $"\"ftp://u:{Marker}@r/\"", $"\"//u:{Marker}@/\"");

    private static readonly Gen<IntegrationSettings?> GenCurrent = Gen.OneOf(
        null,
        Example.Settings with { Secrets = [Secrets.Protect(Marker)] },
        Example.Settings with { Authentication = Authentication.Signature, Secrets = [Secrets.Protect(Marker), Secrets.Protect(Marker) with { ExpiresAt = Example.Now.AddHours(1) }] },
        Example.Settings with { Authentication = Authentication.Signature, Secrets = [new StoredSecret("of another key ring")] },
        Example.Settings with { Authentication = Authentication.BasicAuth, Secrets = [Secrets.Protect("user:" + Marker)] },
        Example.Settings with { Authentication = Authentication.None, Secrets = [] });

    [Fact]
    public void Validate_AnyJson_SettingsOrErrorsWithTheirPlaces() =>
        Gen.Select(AnyJson.Mutated(Gen.OneOf(AnyJson.Value, AnyJson.ObjectOf("type", "name", "isEnabled", "channels", "connectionInfo", "delivery"))), GenCurrent)
            .Sample(Check, time: FuzzTime.Seconds);

    [Fact]
    public void Validate_NearlyValidBody_SettingsOrErrorsWithTheirPlaces() =>
        Gen.Select(Gen.OneOf(AnyJson.Mutated(GenPlain), GenWithPassword.Select(Encoding.UTF8.GetBytes)), GenCurrent).Sample(Check, time: FuzzTime.Seconds);

    [Fact]
    public void Rotate_AnyBody_SecretsOrErrorsWithTheirPlaces() =>
        Gen.Select(
            AnyJson.Mutated(Gen.OneOf(
                AnyJson.ObjectOf("secret", "generate", "overlapMs"),
                Gen.Select(GenSecret, Gen.OneOf("null", "0", "1", "604800000", "604800001", "-1", "\"1\"")).Select((secret, overlap) => $"{{\"secret\":{secret},\"overlapMs\":{overlap}}}"),
                Gen.OneOf("{\"generate\":true}", "{\"generate\":false}", "{\"generate\":true,\"overlapMs\":5000}"))),
            GenCurrent.Where(current => current is not null)).Sample(
                (body, current) =>
                {
                    var errors = new SettingErrors();
                    var request = SecretRotationRequest.Read(body, errors);
                    var rotated = request is null ? null : Rotation.Rotate(request, current!, Example.Now, errors);
                    CheckErrors(errors, rotated is null);
                    if (rotated is null) return;
                    Secrets.Unprotect(rotated.Secrets[0]).ShouldBe(request!.Secret!.Reveal());
                    rotated.Secrets[0].ExpiresAt.ShouldBeNull();
                    rotated.Secrets.Skip(1).ShouldAllBe(secret => secret.ExpiresAt > Example.Now);
                },
                time: FuzzTime.Seconds);

    private static Gen<string> Integration(params string[] endpoints) =>
        Gen.Select(
            Gen.OneOf(endpoints),
            Gen.OneOf("\"BASIC_AUTH\"", "\"BEARER_TOKEN\"", "\"SIGNATURE\"", "\"CERTIFICATE\"", "\"X\"", "null"),
            Gen.Select(GenSecret, GenHeaders),
            Gen.Select(GenDelivery, Gen.OneOf("true", "false", "1"), Gen.OneOf("[]", "[\"ACTIVITY_AUDIT\"]", "[\"X\",7]"))).Select((endpoint, auth, secrets, rest) =>
                $"{{\"type\":\"WEBHOOK\",\"name\":\"n\",\"isEnabled\":{rest.Item2},\"channels\":{rest.Item3},\"connectionInfo\":{{\"endpoint\":{endpoint},\"auth\":{auth},\"secret\":{secrets.Item1},\"headers\":{secrets.Item2}}},\"delivery\":{rest.Item1}}}");

    private static void Check(byte[] body, IntegrationSettings? current)
    {
        var errors = new SettingErrors();
        var request = IntegrationRequestReader.Read(body, errors);
        var valid = request is null ? null : Validator.Validate(request, current, CertificateUse.Described.None, errors);
        CheckErrors(errors, valid is null);
        request?.Connection.Secret?.ToString().ShouldBe("***");
    }

    private static void CheckErrors(SettingErrors errors, bool refused)
    {
        errors.Any.ShouldBe(refused);
        foreach (var error in errors.All)
        {
            Placed().IsMatch(error).ShouldBeTrue(error);
            error.ShouldNotContain(Marker);
        }
    }

    // A path, or the body as a whole. The name of an unknown member can be anything.
    [GeneratedRegex(@"\A(the body |[^:]*: |.*: (unknown member|is given twice))", RegexOptions.Singleline)]
    private static partial Regex Placed();
}
