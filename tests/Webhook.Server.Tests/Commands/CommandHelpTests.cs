using System.CommandLine;
using Webhook.Server.Commands;
using Webhook.Server.Tests.Client;

namespace Webhook.Server.Tests.Commands;

/// <summary>Every command of the program, whoever added it.</summary>
public sealed class CommandHelpTests
{
    public static TheoryData<string> All => [.. Below(WebhookCommand.Create(), "")];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Help_describes_the_command_and_ends_with_examples_of_it(string path)
    {
        var command = Find(path);
        command.Description.ShouldNotBeNullOrWhiteSpace();
        foreach (var option in command.Options.Where(static o => o is not System.CommandLine.Help.HelpOption)) option.Description.ShouldNotBeNullOrWhiteSpace($"{path} {option.Name}");
        foreach (var argument in command.Arguments) argument.Description.ShouldNotBeNullOrWhiteSpace($"{path} <{argument.Name}>");

        var help = await CommandResult.OfAsync([.. Words(path), "--help"]);
        help.ExitCode.ShouldBe(ExitCode.Done);
        help.Error.ShouldBeEmpty();
        var examples = help.Output.Split("\nExamples:\n")[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        examples.ShouldNotBeEmpty("end the command with .WithExamples(…)");
        examples.ShouldAllBe(line => CommandIn(line).StartsWith($"webhook {path}".TrimEnd(), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_examples_of_a_command_can_be_parsed(string path)
    {
        var help = await CommandResult.OfAsync([.. Words(path), "--help"]);
        foreach (var example in help.Output.Split("\nExamples:\n")[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            WebhookCommand.Create().Parse(CommandIn(example)["webhook ".Length..]).Errors.ShouldBeEmpty(example);
        }
    }

    /// <summary>The program's part of a shell's line: what is before or behind it in a pipe, and the files it reads from and writes to, are not.</summary>
    private static string CommandIn(string example)
    {
        var line = example.Trim();
        var start = line.StartsWith("webhook ", StringComparison.Ordinal) ? 0 : StartIn(line);
        return line[start..].Split(" | ")[0].Split(" > ")[0].Split(" < ")[0].TrimEnd(')');
    }

    private static int StartIn(string line) => ((string[])["| webhook ", "(webhook "])
        .Select(before => line.IndexOf(before, StringComparison.Ordinal) is var at and >= 0 ? at + before.IndexOf("webhook", StringComparison.Ordinal) : 0).Max();

    [Fact]
    public async Task A_word_that_is_wrong_is_told_without_a_page_of_help()
    {
        var result = await CommandResult.OfAsync("integrations", "list", "--nope");
        result.ShouldBe(new CommandResult(
            ExitCode.WrongUsage, "", "webhook: Unrecognized command or argument '--nope'.\nwebhook integrations list --help shows how it is used.\n"));
    }

    [Fact]
    public async Task Without_a_command_the_help_says_which_there_are()
    {
        var result = await CommandResult.OfAsync("integrations");
        result.ExitCode.ShouldBe(ExitCode.WrongUsage);
        result.Error.ShouldBe("Required command was not provided.\n\n");
        result.Output.ShouldContain("\nCommands:\n");
    }

    private static IEnumerable<string> Below(Command command, string path) =>
        command.Subcommands.SelectMany(sub => Below(sub, $"{path} {sub.Name}".Trim())).Prepend(path);

    private static Command Find(string path) => Words(path).Aggregate((Command)WebhookCommand.Create(), static (command, word) => command.Subcommands.Single(sub => sub.Name == word));

    private static string[] Words(string path) => path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
