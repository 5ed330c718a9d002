using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Webhook.Server.IntegrationFiles;

/// <summary>
/// Values that stand elsewhere: <c>${NAME}</c> anywhere in a value is an environment variable (<c>$${</c> is <c>${</c> itself); <c>file:/path</c> as a whole value is what the file holds.
/// What was put in is not read again: a variable's value that holds <c>${</c> or begins with <c>file:</c> stays as it is.
/// </summary>
internal sealed partial class References(Func<string, string?> environment)
{
    public const int MaxFileBytes = 64 * 1024;
    private const string FilePrefix = "file:";

    public static bool IsIn(string text) => text.Contains("${", StringComparison.Ordinal);

    public static bool IsFile(string text) => text.StartsWith(FilePrefix, StringComparison.Ordinal);

    /// <param name="problem">What is wrong with a reference; never a value.</param>
    /// <returns>null when there is a problem.</returns>
    public string? Fill(string text, out string? problem)
    {
        string? wrong = null;
        var filled = Reference().Replace(text, match =>
        {
            if (match.Value == "$${") return "${";
            var name = match.Groups["name"];
            if (!name.Success) wrong ??= "holds ${ without a variable's name and } behind it; write $${ for the characters themselves";
            else if (environment(name.Value) is not { Length: > 0 } value) wrong ??= $"the environment variable {name.Value} is not set, or empty; set it where this program is started";
            else return value;
            return "";
        });
        problem = wrong;
        return wrong is null ? filled : null;
    }

    /// <param name="text">For which <see cref="IsFile"/> is true.</param>
    /// <param name="problem">Why the file cannot be taken.</param>
    /// <param name="warning">The file is taken, but open to others.</param>
    /// <returns>null when there is a problem.</returns>
    public string? ReadFile(string text, out string? problem, out string? warning)
    {
        warning = null;
        if (Fill(text[FilePrefix.Length..], out problem) is not { } path) return null;
        if (!Path.IsPathRooted(path))
        {
            problem = $"'{text}' names no absolute path; write file:/path/of/the/file";
            return null;
        }

        var content = Read(path, out problem);
        if (content is not null && !OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode && mode.HasFlag(UnixFileMode.OtherRead))
            warning = $"{path} may be read by everybody on this machine (mode {Convert.ToString((int)mode, 8)}); chmod o-r it";
        return content;
    }

    private static string? Read(string path, out string? problem)
    {
        problem = null;
        try
        {
            if (Directory.Exists(path))
            {
                problem = $"{path} is a folder; name the file in it";
                return null;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[MaxFileBytes + 1];
            var bytes = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (bytes > MaxFileBytes) problem = $"{path} has more than {MaxFileBytes} bytes; is it the right file?";
            else if (!System.Text.Unicode.Utf8.IsValid(buffer.AsSpan(0, bytes))) problem = $"{path} is not UTF-8 text";
            else if (WithoutLineBreak(Encoding.UTF8.GetString(buffer, 0, bytes)) is { Length: > 0 } text) return text;
            else problem = $"{path} is empty";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = $"there is no file {path}";
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"{path} may not be read by the user {Environment.UserName}; give it the right to";
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"{path} cannot be read: {e.Message}");
        }

        return null;
    }

    // Editors and echo end a file with one; a secret that really ends so keeps its own before it.
    private static string WithoutLineBreak(string text) => text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    [GeneratedRegex(@"\$\$\{|\$\{(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)\})?")]
    private static partial Regex Reference();
}
