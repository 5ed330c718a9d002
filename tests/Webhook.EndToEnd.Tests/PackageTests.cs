using Webhook.Server;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>What is handed out is made and installed with the commands of docs/operations.md, and does the main job where nothing else is.</summary>
public sealed class PackageTests(Packages packages) : IClassFixture<Packages>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public Task The_tool_is_installed_from_its_package_and_does_the_main_job() =>
        DoesTheMainJobAsync(packages.Tool, new Dictionary<string, string> { ["DOTNET_ROOT"] = WebhookProcess.DotnetRoot });

    [Fact]
    public async Task The_single_file_does_the_main_job_where_nothing_is_installed()
    {
        using var unpacked = new TemporaryFolder();
        Directory.GetFileSystemEntries(Path.GetDirectoryName(packages.SingleFile)!).ShouldBe([packages.SingleFile]);
        await DoesTheMainJobAsync(packages.SingleFile, new Dictionary<string, string> { ["DOTNET_ROOT"] = "", ["PATH"] = "", ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = unpacked.Path });
    }

    private static async Task DoesTheMainJobAsync(string program, IReadOnlyDictionary<string, string> environment)
    {
        var (exitCode, version, error) = await WebhookProcess.RunAsync(["--version"], environment, program: program);
        exitCode.ShouldBe(0, error);
        version.ShouldStartWith(Product.Version);

        using var data = new TemporaryFolder();
        await using var webhook = await WebhookProcess.ServeAsync(data.Path, ["--demo"], environment, allowed: null, program: program);
        await webhook.WaitForOutputAsync(line => line.StartsWith("demo: 20 events acknowledged, 20 arrived at the webhook", StringComparison.Ordinal), Deadline);
        (await webhook.TerminateAsync(Deadline)).ExitCode.ShouldBe(0);
    }
}
