namespace Webhook.Server.Client;

/// <summary>Asks before something goes that does not come back.</summary>
internal static class Confirmation
{
    /// <param name="question">Ends with a question mark.</param>
    /// <exception cref="ClientFailure">It was not confirmed, or nobody is there to ask.</exception>
    public static void Require(bool isConfirmed, string question, TextWriter error) => Require(isConfirmed, question, error, Console.In, !Console.IsInputRedirected);

    internal static void Require(bool isConfirmed, string question, TextWriter error, TextReader input, bool isTerminal)
    {
        if (isConfirmed) return;
        if (!isTerminal) throw ClientFailure.WrongUsage($"{question} Nobody can be asked, because standard input is no terminal: say so with --yes");
        // On standard error: standard output may be a file.
        error.Write($"{question} [y/N] ");
        error.Flush();
        if (input.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw ClientFailure.Failed("nothing was done");
    }
}
