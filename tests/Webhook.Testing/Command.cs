using System.Diagnostics;

namespace Webhook.Testing;

/// <summary>Runs the system's own tools.</summary>
public static class Command
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <exception cref="InvalidOperationException">It is not there, or it failed; with what it said.</exception>
    public static void Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed with {process.ExitCode}: {error.Trim()}");
    }

    /// <summary>Runs it to its end; past the deadline it is killed with all that it started.</summary>
    /// <param name="input">What it reads on standard input; null: nothing.</param>
    /// <param name="environment">What it gets beside what it inherits.</param>
    /// <param name="package">The Debian package to install when it is not there.</param>
    /// <returns>What it said on standard output.</returns>
    /// <inheritdoc cref="Run"/>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, string? input = null, IReadOnlyDictionary<string, string>? environment = null, string? package = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Start(start, package);
        using var deadline = new CancellationTokenSource(Deadline);
        await using var killing = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{program} {string.Join(' ', start.ArgumentList)}' failed with {process.ExitCode}:\n{await output}\n{await error}");
        return await output;
    }

    /// <summary>Starts it and does not wait.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments) =>
        Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true }, package: null);

    private static Process Start(ProcessStartInfo start, string? package)
    {
        // Where Debian keeps what only root may use; a shell that did not log in has it not in its path.
        start.Environment["PATH"] = start.Environment["PATH"] + ":/usr/sbin:/sbin";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException(
                $"'{start.FileName}' could not be started: {e.Message}. tests/run.sh installs what the tests need{(package is null ? "" : $"; by hand, on Debian: apt-get install {package}")}.", e);
        }
    }
}
