using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

public class SecretRotationTests
{
    private const string Key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly DateTimeOffset Now = Example.Now;
    private static readonly TestSecrets Secrets = new();
    private static readonly SecretRotation Rotation = new(Secrets);
    private static readonly StoredSecret Old = Secrets.Protect("old");
    private static readonly IntegrationSettings Signing = Example.Settings with { Authentication = Authentication.Signature, Secrets = [Old] };

    [Fact]
    public void Rotate_WithoutOverlap_KeepsTheOldOneForADay()
    {
        var rotated = Rotate(Signing)!;

        Secrets.Unprotect(rotated.Secrets[0]).ShouldBe(Key);
        rotated.Secrets.Select(s => s.ExpiresAt).ShouldBe([null, Now.AddHours(24)]);
        rotated.Secrets[1].Protected.ShouldBe(Old.Protected);
        (rotated with { Secrets = Signing.Secrets }).ShouldBe(Signing, "nothing else changes");
    }

    [Fact]
    public void Rotate_Again_KeepsTheEndOfThoseThatHaveOneAndDropsTheExpired()
    {
        var earlier = Signing with { Secrets = [Old, Old with { ExpiresAt = Now.AddMinutes(1) }, Old with { ExpiresAt = Now }, Old with { ExpiresAt = Now.AddDays(-1) }] };

        Rotate(earlier, 5000)!.Secrets.Select(s => s.ExpiresAt).ShouldBe([null, Now.AddSeconds(5), Now.AddMinutes(1)]);
    }

    [Fact]
    public void Rotate_OverlapOfZero_EndsAllOldOnes() =>
        Rotate(Signing with { Secrets = [Old, Old with { ExpiresAt = Now.AddDays(1) }] }, 0)!.Secrets.Count.ShouldBe(1);

    [Theory]
    [InlineData(9, null)]
    [InlineData(10, "secret: 10 secrets are active, at most 10 may be; the next one ends at 2026-03-01T12:00:01.0000000+00:00. Wait until then, or end all with \"overlapMs\":0")]
    public void Rotate_ManyActive_TenAreTheMost(int active, string? error)
    {
        var settings = Signing with { Secrets = [Old, .. Enumerable.Range(1, active - 1).Select(i => Old with { ExpiresAt = Now.AddSeconds(i) })] };

        ErrorsOf(settings, new SecretRotationRequest(new SecretText(Key), false, null)).ShouldBe(error is null ? [] : [error]);
        ErrorsOf(settings, new SecretRotationRequest(new SecretText(Key), false, 0)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1, "overlapMs: -1 is out of range; 0 to 604800000")]
    [InlineData(604_800_001, "overlapMs: 604800001 is out of range; 0 to 604800000")]
    [InlineData(604_800_000, null)]
    public void Rotate_Overlap_SevenDaysAreTheMost(long overlapMs, string? error) =>
        ErrorsOf(Signing, new SecretRotationRequest(new SecretText(Key), false, overlapMs)).ShouldBe(error is null ? [] : [error]);

    [Theory]
    [InlineData(Authentication.BasicAuth, SignatureStyle.StandardWebhooks, "user:password")]
    [InlineData(Authentication.BearerToken, SignatureStyle.StandardWebhooks, "token")]
    [InlineData(Authentication.Signature, SignatureStyle.GitHub, "key")]
    public void Rotate_WhereOneSecretIsSent_ReplacesAndTakesNoOverlap(Authentication authentication, SignatureStyle style, string secret)
    {
        var settings = Signing with { Authentication = authentication, Delivery = new DeliverySettings { SignatureStyle = style } };

        Rotation.Rotate(new SecretRotationRequest(new SecretText(secret), false, null), settings, Now, new SettingErrors())!.Secrets.Select(s => s.ExpiresAt).ShouldBe([null]);
        ErrorsOf(settings, new SecretRotationRequest(new SecretText(secret), false, 0)).ShouldBe(
            ["overlapMs: must be left out: a request carries one secret with auth BASIC_AUTH and BEARER_TOKEN and in GitHub's style, so the new one replaces the old one at once"]);
    }

    [Fact]
    public void Rotate_WhatCannotBe_SaysWhy()
    {
        ErrorsOf(Signing with { Authentication = Authentication.None, Secrets = [] }, new SecretRotationRequest(new SecretText(Key), false, null)).ShouldBe(
            ["secret: cannot be rotated: the integration's auth has no secret; set auth and secret with PUT"]);
        ErrorsOf(Example.Settings, new SecretRotationRequest(new SecretText(Key), true, null)).ShouldBe(
            ["generate: only a key of auth SIGNATURE can be made here; give the secret that the receiver asks for"]);
        ErrorsOf(Signing, new SecretRotationRequest(new SecretText("whsec_AAAA"), false, null)).ShouldBe(
            ["secret: holds a key of 3 bytes after whsec_; 24 to 64 are needed"]);
    }

    [Theory]
    [InlineData("""{}""", """secret: is missing; give one, or "generate":true to have one made""")]
    [InlineData("""{"generate":false}""", """secret: is missing; give one, or "generate":true to have one made""")]
    [InlineData("""{"secret":"s","generate":true}""", "generate: is true and a secret is given; one of the two")]
    [InlineData("""{"secret":7}""", "secret: must be a string, not a number")]
    [InlineData("""{"secret":"s","overlapHours":1}""", "overlapHours: unknown member; known here: secret, generate, overlapMs")]
    public void Read_WrongBody_SaysSo(string body, string error)
    {
        var errors = new SettingErrors();
        SecretRotationRequest.Read(System.Text.Encoding.UTF8.GetBytes(body), errors);

        errors.All.ShouldBe([error]);
    }

    [Fact]
    public void Read_Generate_MakesAKeyOf32BytesEachTime()
    {
        var made = Enumerable.Range(0, 2).Select(_ => SecretRotationRequest.Read("""{"generate":true}"""u8.ToArray(), new SettingErrors())!.Secret!.Reveal()).ToList();

        made.ShouldBeUnique();
        made.ShouldAllBe(key => key.StartsWith("whsec_") && Convert.FromBase64String(key.Substring(6)).Length == 32);
    }

    [Fact]
    public void WithoutExpired_ChangeThatAsksForNoTest_KeepsThem()
    {
        var current = Signing with { Secrets = [Old, Old with { ExpiresAt = Now }] };

        SecretRotation.WithoutExpired(current, current with { Channels = [] }, Now).Secrets.Count.ShouldBe(2);
        SecretRotation.WithoutExpired(current, current with { IsInsecure = true }, Now).Secrets.ShouldBe([Old]);
    }

    private static IntegrationSettings? Rotate(IntegrationSettings settings, long? overlapMs = null) =>
        Rotation.Rotate(new SecretRotationRequest(new SecretText(Key), false, overlapMs), settings, Now, new SettingErrors());

    private static IReadOnlyList<string> ErrorsOf(IntegrationSettings settings, SecretRotationRequest request)
    {
        var errors = new SettingErrors();
        (Rotation.Rotate(request, settings, Now, errors) is null).ShouldBe(errors.Any);
        return errors.All;
    }
}
