using Microsoft.AspNetCore.DataProtection;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;
using Webhook.Server.IntegrationFiles;
using Webhook.Server.Serving;
using Webhook.Testing;

namespace Webhook.Server.Tests.IntegrationFiles;

/// <summary>Reads a text as a file of a folder of its own, with the engine's rules, real encryption and an environment of the test's.</summary>
internal sealed class FileExample : IDisposable
{
    /// <summary>What stands in messages for the folder.</summary>
    public const string Folder = "/etc/webhook";

    private readonly TemporaryFolder _folder = new();

    public static readonly SecretProtector Secrets = new(new EphemeralDataProtectionProvider());

    public static readonly ChannelList Channels = new(new ChannelOptions());

    public static readonly IReadOnlyDictionary<string, string> Variables = new Dictionary<string, string>
    {
        ["TOKEN"] = "t0ken",
        ["EMPTY"] = "",
        ["TIMEOUT"] = "5000",
        ["FLAG"] = "true",
        ["ODD"] = "hunter2${TOKEN}file:/x",
        ["WRONG"] = "hunter2-never-shown",
    };

    public FileErrors Errors { get; } = new();

    /// <summary>What was found, the folder's real name replaced.</summary>
    public string Found => string.Join('\n', Errors.All.Select(problem => problem.ToString().Replace(_folder.Path, Folder, StringComparison.Ordinal)));

    public string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(Path(name), content);
        return Path(name);
    }

    /// <param name="text"><see cref="Folder"/> in it is the folder.</param>
    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text.Replace(Folder, _folder.Path, StringComparison.Ordinal)));

    /// <summary>A file that only its owner may read, unless others may as well.</summary>
    public void WriteSecret(string name, string content, bool isOpen = false)
    {
        var path = Write(name, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, isOpen ? (UnixFileMode)0b100_100_100 : UnixFileMode.UserRead);
    }

    public IntegrationFile? Read(string text) => ReadFile(Write("f.yaml", text));

    public IntegrationFile? ReadFile(string path) =>
        new IntegrationFileReader(new IntegrationValidator(Channels, Secrets), Variables.GetValueOrDefault).Read(path, Errors);

    public AgentFile? ReadAgent(string text) => new AgentFileReader(Variables.GetValueOrDefault).Read(Write("a.yaml", text), Errors);

    public void Dispose() => _folder.Dispose();
}
