using System.Text.RegularExpressions;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>The scripts of <c>webhook completion</c> in real shells: what stands on the line after all that was offered was taken.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private const string InBash = "source <(webhook completion bash)";
    private const string InZsh = "webhook completion zsh > \"${fpath[1]}/_webhook\"";
    private const string InFish = "webhook completion fish > ~/.config/fish/completions/webhook.fish";

    /// <summary>What is typed, and what the line is once everything offered is inserted.</summary>
    private static readonly (string Typed, string Completed)[] Lines =
    [
        ("webhook integ", "webhook integrations"),
        ("webhook integrations ", "webhook integrations create delete deliveries disable enable list rotate show test update"),
        ("webhook integrations --", "webhook integrations --help"),
        ("webhook integrations list --", "webhook integrations list --help --json --server --token-file"),
        ("webhook completion ", "webhook completion bash fish zsh"),
        ("webhook send --compress ", "webhook send --compress gzip none zstd"),
        ("webhook send --compress=g", "webhook send --compress=gzip"),
        // Where the program knows nothing, files.
        ("webhook send --secret-file my-s", "webhook send --secret-file my-secret"),
        ("webhook completion ba", "webhook completion bash"),
        ("~/webhook completion ", "~/webhook completion bash fish zsh"),
    ];

    private readonly TemporaryFolder _home = new();

    public CompletionTests()
    {
        File.WriteAllText(Path.Combine(_home.Path, "my-secret"), "");
        File.CreateSymbolicLink(Path.Combine(_home.Path, "webhook"), Path.Combine(AppContext.BaseDirectory, "webhook"));
        Directory.CreateDirectory(Path.Combine(_home.Path, "functions"));
        Directory.CreateDirectory(Path.Combine(_home.Path, ".config", "fish", "completions"));
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_documentation_shows_the_commands_that_these_tests_run()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "command-line.md"));
        foreach (var command in (string[])[InBash, InZsh, InFish]) documentation.ShouldContain($"\n{command}\n");
    }

    [Fact]
    public async Task Bash_completes() =>
        // Alt+* inserts all that is offered, Ctrl+A goes to the beginning of the line.
        Compare(await RunAsync("bash", "bash", ["--norc", "--noprofile", "-i"], $$"""
            show() { printf 'completed %s\n' "$*"; }
            {{InBash}}
            {{string.Join('\n', Lines.Select(line => $"{line.Typed}\e*\u0001show "))}}
            exit 0

            """));

    [Theory]
    [InlineData("autoload -Uz compinit && compinit -u -D; source <(webhook completion zsh)")]
    [InlineData($"fpath=(~/functions $fpath); {InZsh}; autoload -Uz compinit && compinit -u -D")]
    public async Task Zsh_completes(string install)
    {
        await File.WriteAllTextAsync(Path.Combine(_home.Path, "zshrc"), $$"""
            show() { printf 'completed %s\n' "$*"; }
            {{install}}
            zle -C all-matches complete-word _generic
            bindkey '^X' all-matches
            zstyle ':completion:all-matches::::' completer _all_matches _complete
            zstyle ':completion:all-matches:*' insert yes
            """);

        // Its line editor wants a terminal, which script makes; of a shell that is missing script would say less.
        await Command.RunAsync("zsh", ["-fc", "true"], package: "zsh");
        Compare(await RunAsync("script", "bsdutils", ["-qec", "zsh -f -i", "/dev/null"], $"""
            source ~/zshrc
            {string.Join('\n', Lines.Select(line => $"{line.Typed}\u0018\u0001show "))}
            exit 0

            """));
    }

    [Theory]
    [InlineData("webhook completion fish | source")]
    [InlineData(InFish)]
    public async Task Fish_completes(string install) =>
        Compare(await RunAsync("fish", "fish", [], $$"""
            {{install}}
            for line in {{string.Join(' ', Lines.Select(line => $"'{line.Typed}'"))}}
                echo completed (string replace -r '\S*$' '' -- $line)(string join ' ' -- (complete -C $line | string replace -r '\t.*' ''))
            end
            """));

    private void Compare(string output) =>
        Completed().Matches(output).Select(match => match.Groups[1].Value.Replace(_home.Path, "~")).ShouldBe(Lines.Select(line => line.Completed), output);

    private Task<string> RunAsync(string program, string package, string[] arguments, string input) => Command.RunAsync(
        program, arguments, _home.Path, input, package: package, environment: new Dictionary<string, string>
        {
            ["HOME"] = _home.Path,
            ["XDG_CONFIG_HOME"] = Path.Combine(_home.Path, ".config"),
            ["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DOTNET_ROOT"] = WebhookProcess.DotnetRoot,
            ["TERM"] = "xterm",
            ["INPUTRC"] = "/dev/null",
        });

    [GeneratedRegex(@"^completed (.*?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Completed();
}
