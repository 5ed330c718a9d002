using Webhook.Server.Access;
using Webhook.Testing;

namespace Webhook.Server.Tests.Access;

public sealed class AccessKeysTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Open_FirstStart_MakesAndStoresOneKeyOfEachRole()
    {
        var (keys, made) = Open();

        keys.Find(made.Admin!)!.Role.ShouldBe(AccessRole.Admin);
        keys.Find(made.Ingest!)!.Role.ShouldBe(AccessRole.Ingest);
        var stored = File.ReadAllText(new AccessKeyFile(_data.Path).Path);
        stored.ShouldNotContain(made.Admin!);
        stored.ShouldNotContain(made.Ingest!);
    }

    [Fact]
    public void Open_SecondStart_KeepsTheKeysAndMakesNone()
    {
        var (_, made) = Open();

        var (keys, again) = Open();

        again.ShouldBe(new NewTokens(null, null));
        keys.Find(made.Admin!)!.Role.ShouldBe(AccessRole.Admin);
    }

    [Fact]
    public void Open_TokenFromTheEnvironment_StandsInPlaceOfTheStoredOne()
    {
        var (_, made) = Open();
        const string token = "an-admin-token-of-the-operator";

        var (keys, _) = Open(adminToken: token);

        keys.Find(token)!.Role.ShouldBe(AccessRole.Admin);
        keys.Find(made.Admin!).ShouldBeNull();
        keys.Find(made.Ingest!).ShouldNotBeNull();
    }

    [Fact]
    public void Open_DamagedFile_SaysSoAndLeavesIt()
    {
        var file = new AccessKeyFile(_data.Path);
        File.WriteAllText(file.Path, "{ not keys");

        var refused = Should.Throw<InvalidDataException>(() => Open());

        refused.Message.ShouldStartWith($"The access keys in {file.Path} cannot be read: ");
        File.ReadAllText(file.Path).ShouldBe("{ not keys");
    }

    [Fact]
    public void Save_OnUnix_OnlyTheOwnerMayRead()
    {
        if (OperatingSystem.IsWindows()) return;
        Open();

        File.GetUnixFileMode(new AccessKeyFile(_data.Path).Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wh_admin_unknown")]
    public void Find_UnknownToken_Nothing(string token) => Open().Keys.Find(token).ShouldBeNull();

    [Theory]
    [InlineData(null, null)]
    [InlineData("123456789012345678901234", null)]
    [InlineData("12345678901234567890123", "WEBHOOK_ADMIN_TOKEN has 23 characters; it needs at least 24. Use for example: openssl rand -base64 32")]
    public void CheckToken_Length_AtLeast24(string? token, string? error) => AccessKeys.CheckToken("WEBHOOK_ADMIN_TOKEN", token).ShouldBe(error);

    private (AccessKeys Keys, NewTokens New) Open(string? adminToken = null) => AccessKeys.Open(new AccessKeyFile(_data.Path), adminToken, null, Now);
}
