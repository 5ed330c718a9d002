using System.Text.RegularExpressions;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>Single file and tool, made and installed once with the commands of docs/operations.md, beside the solution's own output.</summary>
public sealed partial class Packages : IAsyncLifetime, IDisposable
{
    // The solution's own build has found what there is to find; and no compiler stays behind.
    private static readonly string[] Quick = ["--disable-build-servers", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false"];

    private readonly TemporaryFolder _folder = new();

    public string Tool => Path.Combine(_folder.Path, "bin", "webhook");

    public string SingleFile => Path.Combine(_folder.Path, "single-file", "webhook");

    public async Task InitializeAsync()
    {
        var text = Install().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "docs", "operations.md"))).Value;
        var commands = Commands().Matches(text).Select(match => match.Groups[1].Value).ToList();
        commands.Select(command => string.Join(' ', command.Split(' ').Take(2))).ShouldBe(["dotnet publish", "dotnet pack", "dotnet tool"]);
        string[] build = ["--artifacts-path", Path.Combine(_folder.Path, "artifacts"), .. Quick];
        await RunAsync(commands[0], "single-file", build);
        await RunAsync(commands[1], "packages", build);
        await RunAsync(commands[2], "packages", []);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <param name="folder">In place of the command's FOLDER.</param>
    private Task<string> RunAsync(string command, string folder, string[] more)
    {
        var words = command.Split(' ').Select(word => word switch
        {
            "FOLDER" => Path.Combine(_folder.Path, folder),
            "BIN" => Path.GetDirectoryName(Tool)!,
            _ => word,
        });
        return Command.RunAsync(words.First(), [.. words.Skip(1), .. more], Repository.Folder);
    }

    [GeneratedRegex("## Install\n.*?\n## ", RegexOptions.Singleline)]
    private static partial Regex Install();

    [GeneratedRegex("`(dotnet [^`]+)`")]
    private static partial Regex Commands();
}
