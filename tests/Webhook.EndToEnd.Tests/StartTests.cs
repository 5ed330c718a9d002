using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>Starts that must fail, and what the first start tells.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Wrong_and_unknown_settings_stop_the_start_and_are_all_listed()
    {
        using var data = new TemporaryFolder();
        var (exitCode, _, error) = await WebhookProcess.RunAsync(
            ["serve", "--data", data.Path, "--urls", "http://127.0.0.1:0", "--set", "Webhook:Ingest:MaxEventBytes=many"],
            new Dictionary<string, string>
            {
                ["WEBHOOK_ADMIN_TOKEN"] = "short",
                ["Webhook__Ingst__MaxEventBytes"] = "1",
                ["Webhook__Egress__AllowedAddresses__0"] = "10.0.0.0/80",
                ["Webhook__EventLog__MaxBtes"] = "5",
                ["Webhook__Egress__Proxy"] = "http://user:hunter2@proxy:3128",
                ["Webhook__Egress__ProxyExceptions__0"] = "*.internal",
            });

        exitCode.ShouldBe(2);
        error.ShouldContain("webhook: the settings are wrong:");
        error.ShouldContain("WEBHOOK_ADMIN_TOKEN has 5 characters; it needs at least 24.");
        error.ShouldContain("Webhook:Ingst: unknown setting; known here:");
        error.ShouldContain("Webhook:EventLog:MaxBtes: unknown setting; known here:");
        error.ShouldContain("AllowedAddresses: '10.0.0.0/80' is not an address range");
        error.ShouldContain("Proxy: must not hold user:password@; set ProxyCredentials instead.");
        error.ShouldContain("ProxyExceptions: '*.internal' is not a host");
        error.ShouldNotContain("hunter2", customMessage: "a password is never printed");
        error.ShouldContain("'many' at 'Webhook:Ingest:MaxEventBytes'");
        error.ShouldNotContain("short", customMessage: "a token is never printed");
    }

    [Fact]
    public async Task The_first_start_prints_tokens_once_and_keeps_only_their_hashes()
    {
        using var data = new TemporaryFolder();
        string admin, ingest;
        await using (var first = await WebhookProcess.ServeAsync(data.Path, fixedTokens: false))
        {
            admin = Word(first.Output, "admin token");
            ingest = Word(first.Output, "ingest key");
            using var response = await first.GetAsAsync(admin, IntegrationCalls.Path);
            ((int)response.StatusCode).ShouldBe(200);
            using var wrongRole = await first.GetAsAsync(ingest, IntegrationCalls.Path);
            ((int)wrongRole.StatusCode).ShouldBe(403);
            string.Join('\n', first.Log).ShouldNotContain(admin);
            await first.KillAsync();
        }

        foreach (var file in Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(admin)).ShouldBe(-1, $"{file} holds the admin token");
            bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(ingest)).ShouldBe(-1, $"{file} holds the ingest key");
        }

        await using var second = await WebhookProcess.ServeAsync(data.Path, fixedTokens: false);
        second.Output.ShouldNotContain(line => line.Contains("admin token"));
        using var again = await second.GetAsAsync(admin, IntegrationCalls.Path);
        ((int)again.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_refused_by_name()
    {
        using var data = new TemporaryFolder();
        await using var first = await WebhookProcess.ServeAsync(data.Path);
        var (exitCode, _, error) = await WebhookProcess.RunAsync(["serve", "--data", data.Path, "--urls", "http://127.0.0.1:0"]);
        exitCode.ShouldBe(2);
        error.ShouldContain(data.Path);
    }

    private static string Word(IReadOnlyList<string> output, string label) =>
        output.Single(line => line.TrimStart().StartsWith(label, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
}
