using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Webhook.Server.Commands;

/// <summary>The last section of a command's help: lines to copy.</summary>
internal static class CommandExamples
{
    /// <param name="examples">Whole command lines, the simplest first.</param>
    /// <returns>The same command, so that a command is made in one expression.</returns>
    public static TCommand WithExamples<TCommand>(this TCommand command, params string[] examples)
        where TCommand : Command
    {
        // A root command has a help option of its own, which its subcommands inherit; a subcommand with examples gets one that wins over that.
        var help = command.Options.OfType<HelpOption>().SingleOrDefault();
        if (help is null) command.Options.Add(help = new HelpOption());
        help.Action = new Action((HelpAction)help.Action!, command, examples);
        return command;
    }

    private sealed class Action(HelpAction help, Command command, string[] examples) : SynchronousCommandLineAction
    {
        // As with the library's own help: whoever asks for help is not told that required options are missing.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var ended = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command != command) return ended;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples) output.WriteLine($"  {example}");
            output.WriteLine();
            return ended;
        }
    }
}
