using System.Security.Cryptography;
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

        keys.Find(made.Admin!, Now)!.Role.ShouldBe(AccessRole.Admin);
        keys.Find(made.Ingest!, Now)!.Role.ShouldBe(AccessRole.Ingest);
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
        keys.Find(made.Admin!, Now)!.Role.ShouldBe(AccessRole.Admin);
    }

    [Fact]
    public void Open_TokenFromTheEnvironment_StandsInPlaceOfTheStoredOne()
    {
        var (_, made) = Open();
        const string token = "an-admin-token-of-the-operator";

        var (keys, _) = Open(adminToken: token);

        keys.Find(token, Now)!.Role.ShouldBe(AccessRole.Admin);
        keys.Find(made.Admin!, Now).ShouldBeNull();
        keys.Find(made.Ingest!, Now).ShouldNotBeNull();
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
    public void Find_UnknownToken_Nothing(string token) => Open().Keys.Find(token, Now).ShouldBeNull();

    [Theory]
    [InlineData(null, null)]
    [InlineData("123456789012345678901234", null)]
    [InlineData("12345678901234567890123", "WEBHOOK_ADMIN_TOKEN has 23 characters; it needs at least 24. Use for example: openssl rand -base64 32")]
    public void CheckToken_Length_AtLeast24(string? token, string? error) => AccessKeys.CheckToken("WEBHOOK_ADMIN_TOKEN", token).ShouldBe(error);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(null)]
    public void Find_WhereverTheTokenStands_ComparesWithEveryKey(int? place)
    {
        AccessKeys.Entry[] entries = [.. Enumerable.Range(0, 5).Select(i => new AccessKeys.Entry(AccessKey.FromToken($"k{i}", AccessRole.Ingest, $"token {i}", Now), KeyOrigin.File))];
        var hash = new byte[32];
        AccessKey.HashToken($"token {place}", hash);
        var compared = 0;

        var found = AccessKeys.Find(hash, entries, (left, right) =>
        {
            compared++;
            return left.SequenceEqual(right);
        });

        compared.ShouldBe(5);
        found?.Key.Name.ShouldBe($"k{place}");
        (found is null).ShouldBe(place is null);
    }

    [Fact]
    public void Find_ComparesHashesInConstantTime() =>
        AccessKeys.Comparison.Method.ShouldBe(typeof(CryptographicOperations).GetMethod(nameof(CryptographicOperations.FixedTimeEquals)));

    [Fact]
    public void Add_NewName_IsInForceAtOnceAndAfterARestart()
    {
        var (keys, _) = Open();

        var added = keys.Add("sensor-1", AccessRole.Ingest, Now).ShouldBeOfType<KeyChange.Added>();

        keys.Find(added.Token, Now)!.Name.ShouldBe("sensor-1");
        Open().Keys.Find(added.Token, Now)!.Role.ShouldBe(AccessRole.Ingest);
        keys.Add("sensor-1", AccessRole.Viewer, Now).ShouldBeOfType<KeyChange.NameTaken>();
        added.ToString().ShouldNotContain(added.Token);
    }

    [Fact]
    public void Remove_Key_IsInForceAtOnceAndAfterARestart()
    {
        var (keys, made) = Open();

        keys.Remove("ingest").ShouldBeOfType<KeyChange.Removed>();

        keys.Find(made.Ingest!, Now).ShouldBeNull();
        Open().Keys.Find(made.Ingest!, Now).ShouldBeNull();
        keys.Remove("ingest").ShouldBeOfType<KeyChange.NotFound>();
    }

    [Fact]
    public void Remove_LastAdmin_IsRefusedAlsoBesideOneOfTheProgram()
    {
        var (keys, made) = Open();
        keys.AddTransient("demo-admin", AccessRole.Admin, Now);

        keys.Remove("admin").ShouldBeOfType<KeyChange.LastAdmin>();

        keys.Find(made.Admin!, Now).ShouldNotBeNull();
        keys.Add("second", AccessRole.Admin, Now);
        keys.Remove("admin").ShouldBeOfType<KeyChange.Removed>();
        keys.Remove("second").ShouldBeOfType<KeyChange.LastAdmin>();
    }

    [Fact]
    public void Remove_KeyThatIsNotInTheFile_SaysWhereItIs()
    {
        Open();
        var (keys, _) = Open(adminToken: "an-admin-token-of-the-operator");
        keys.AddTransient("demo-ingest", AccessRole.Ingest, Now);

        keys.Remove("admin").ShouldBe(new KeyChange.NotStored(KeyOrigin.Environment));
        keys.Remove("demo-ingest").ShouldBe(new KeyChange.NotStored(KeyOrigin.Program));
    }

    [Fact]
    public void Add_FileCannotBeWritten_ChangesNothing()
    {
        var (keys, made) = Open();
        // What the new file is written to first is a folder.
        Directory.CreateDirectory(new AccessKeyFile(_data.Path).Path + ".new");

        keys.Add("sensor-1", AccessRole.Ingest, Now).ShouldBeOfType<KeyChange.Unwritable>();
        keys.Remove("ingest").ShouldBeOfType<KeyChange.Unwritable>();

        keys.All.Select(k => k.Key.Name).ShouldBe(["admin", "ingest"]);
        keys.Find(made.Ingest!, Now).ShouldNotBeNull();
    }

    [Fact]
    public void Add_BeyondTheMost_IsRefused()
    {
        var file = new AccessKeyFile(_data.Path);
        file.Save([.. Enumerable.Range(0, AccessKeys.MaxKeys).Select(i => AccessKey.FromToken($"k{i}", AccessRole.Admin, $"{i}", Now))]);

        Open().Keys.Add("one-more", AccessRole.Ingest, Now).ShouldBeOfType<KeyChange.TooMany>();
    }

    [Fact]
    public void All_AfterUse_SaysWhen()
    {
        var (keys, made) = Open();

        keys.Find(made.Ingest!, Now.AddMinutes(5));

        keys.All.Select(k => (k.Key.Name, k.LastUsedAt)).ShouldBe([("admin", null), ("ingest", Now.AddMinutes(5))]);
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("Sensor-1.eu_west", null)]
    [InlineData("", "has 0 characters; 1 to 64 are allowed")]
    [InlineData("-a", "may hold letters a to z in both cases, digits, '.', '_' and '-', and begins with a letter or digit")]
    [InlineData("a b", "may hold letters a to z in both cases, digits, '.', '_' and '-', and begins with a letter or digit")]
    [InlineData("é", "may hold letters a to z in both cases, digits, '.', '_' and '-', and begins with a letter or digit")]
    [InlineData("wh_ingest_x", "begins with wh_ as tokens do; choose another")]
    public void CheckName_Any_SaysWhatIsWrong(string name, string? error) => AccessKey.CheckName(name).ShouldBe(error);

    private (AccessKeys Keys, NewTokens New) Open(string? adminToken = null) => AccessKeys.Open(new AccessKeyFile(_data.Path), adminToken, null, Now);
}
