using System.Reflection;

namespace Webhook.Server.Completing;

/// <summary>The shells' scripts. They ask the program itself what may stand at the cursor, by the directive <c>[suggest:position]</c> of System.CommandLine.</summary>
internal static class CompletionScripts
{
    private const string Prefix = "Completion/";

    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <param name="shell">One of <see cref="Shells"/>.</param>
    public static string Read(string shell)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + "webhook." + shell)
            ?? throw new ArgumentOutOfRangeException(nameof(shell), shell, "There is no script for this shell.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
