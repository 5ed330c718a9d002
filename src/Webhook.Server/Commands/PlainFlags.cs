using System.CommandLine;

namespace Webhook.Server.Commands;

/// <summary>A flag is there or not: it takes no "true" behind it, and the shells offer none.</summary>
internal static class PlainFlags
{
    /// <returns>The same command.</returns>
    public static TCommand WithPlainFlags<TCommand>(this TCommand command)
        where TCommand : Command
    {
        foreach (var flag in command.Options.OfType<Option<bool>>()) flag.Arity = ArgumentArity.Zero;
        foreach (var subcommand in command.Subcommands) subcommand.WithPlainFlags();
        return command;
    }
}
