using System.Diagnostics;

namespace Webhook.Testing;

/// <summary>Runs the system's own tools.</summary>
public static class Command
{
    /// <exception cref="InvalidOperationException">It is not there, or it failed; with what it said.</exception>
    public static void Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed with {process.ExitCode}: {error.Trim()}");
    }

    /// <summary>Starts it and does not wait.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        // Where Debian keeps what only root may use; a shell that did not log in has it not in its path.
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' could not be started: {e.Message}. tests/run.sh installs what the tests need.", e);
        }
    }
}
