using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.Server.Tests.Client;

/// <summary>Every way in which a call can fail: its message, and its exit code.</summary>
public sealed class FailureTests : IDisposable
{
    private const string Token = "token-of-these-tests-0000000";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Families =>
        ["top", "tail", "integrations list", "integrations delete x --yes", "replay x --stop", "dead-letters list x", "keys list", "cert list", "audit"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public async Task A_server_that_is_not_there_is_3(string command)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var result = await RunAsync(command, address);
        result.ShouldBe(new CommandResult(
            ExitCode.Unavailable, "", $"webhook: cannot reach the server at {address}: Connection refused. Is 'webhook serve' running there? --server or WEBHOOK_SERVER says where it is\n"));
    }

    [Theory]
    [InlineData(401, ExitCode.Unavailable, "the server at {0} does not know the token of {1}")]
    [InlineData(403, ExitCode.Failed, "the token of {1} may not do this: its key has another role")]
    [InlineData(404, ExitCode.Failed, "what it said")]
    [InlineData(409, ExitCode.Failed, "what it said")]
    [InlineData(422, ExitCode.Failed, "what it said")]
    [InlineData(429, ExitCode.Unavailable, "what it said (try again in 7 s)")]
    [InlineData(500, ExitCode.Unavailable, "what it said")]
    [InlineData(503, ExitCode.Unavailable, "what it said (try again in 7 s)")]
    public async Task A_refusal_is_told_with_its_details(int status, int exitCode, string message)
    {
        await using var server = await Receiver.StartAsync((_, http) =>
        {
            http.Response.StatusCode = status;
            if (status is 429 or 503) http.Response.Headers.RetryAfter = "7";
            return http.Response.WriteAsync("""{"type":"t","message":"what it said","details":["one","two \u001b[2J"]}""");
        });
        var address = server.Url.GetLeftPart(UriPartial.Authority);
        var result = await RunAsync("integrations list --json", address);
        result.ShouldBe(new CommandResult(
            exitCode, "", "webhook: " + string.Format(CultureInfo.InvariantCulture, message, address, TokenFile) + "\n  one\n  two  [2J\n"));
        result.Error.ShouldNotContain(Token);
    }

    [Theory]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(404, "nothing here")]
    [InlineData(302, "")]
    public async Task An_answer_of_something_else_is_3(int status, string body)
    {
        await using var server = await Receiver.StartAsync((_, http) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "http://127.0.0.1:1/";
            return http.Response.WriteAsync(body);
        });
        var address = server.Url.GetLeftPart(UriPartial.Authority);
        (await RunAsync("top", address)).ShouldBe(new CommandResult(
            ExitCode.Unavailable, "", $"webhook: {address} answered {status} and not as webhook does: another program listens there, or one stands in between\n"));
        server.Requests.Count.ShouldBe(1, "a redirect is not followed: it would take the token elsewhere");
    }

    [Fact]
    public async Task A_success_that_cannot_be_read_is_3()
    {
        await using var server = await Receiver.StartAsync(static (_, http) => http.Response.WriteAsync("[1]"));
        var result = await RunAsync("top", server.Url.GetLeftPart(UriPartial.Authority));
        (result.ExitCode, result.Output).ShouldBe((ExitCode.Unavailable, ""));
        result.Error.ShouldStartWith("webhook: the server answered what this version (");
    }

    [Fact]
    public async Task A_feed_that_ends_is_3()
    {
        await using var server = await Receiver.StartAsync(static (_, http) =>
        {
            http.Response.ContentType = "text/event-stream";
            return http.Response.WriteAsync("event: listening\ndata: {}\n\nevent: dropped\ndata: {\"count\":5}\n\nevent: unknown\ndata: {}\n\n");
        });
        var address = server.Url.GetLeftPart(UriPartial.Authority);
        (await RunAsync("tail", address)).ShouldBe(new CommandResult(
            ExitCode.Unavailable, "",
            $"webhook: 5 deliveries are not shown, because this reads more slowly than they come\nwebhook: the server at {address} ended the connection: it stops, or the key was revoked\n"));
    }

    [Fact]
    public async Task A_path_before_the_API_is_kept()
    {
        await using var server = await Receiver.StartAsync(static (_, http) => http.Response.WriteAsync("""{"data":[]}"""));
        (await RunAsync("keys list --json", server.Url.GetLeftPart(UriPartial.Authority) + "/behind/a/proxy/")).Output.ShouldBe("{\"data\":[]}\n");
        server.Requests.Single().Path.ShouldBe("/behind/a/proxy/v1/keys");
        server.Requests.Single().Headers["Authorization"].ShouldBe($"Bearer {Token}");
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "--server must be an http:// or https:// URL, for example http://127.0.0.1:8080")]
    [InlineData("ftp://server", "--server must be an http:// or https:// URL")]
    [InlineData("http://user:hunter2@server", "--server must be scheme, host, port and perhaps a path")]
    public async Task An_address_that_is_none_is_2(string address, string message)
    {
        var result = await RunAsync("top", address);
        (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
        result.Error.ShouldStartWith("webhook: " + message);
        result.Error.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("", "the token file {0} is empty")]
    [InlineData("two words", "the token of {0} holds white space or characters that no token has; it is one line of visible ASCII characters")]
    public async Task A_token_that_is_none_is_2(string content, string message)
    {
        var file = Path.Combine(_folder.Path, "wrong");
        await File.WriteAllTextAsync(file, content);
        (await CommandResult.OfAsync("top", "--token-file", file)).ShouldBe(
            new CommandResult(ExitCode.WrongUsage, "", "webhook: " + string.Format(CultureInfo.InvariantCulture, message, file) + "\n"));
    }

    [Fact]
    public async Task A_token_file_that_is_not_there_is_2() =>
        (await CommandResult.OfAsync("top", "--token-file", "/nowhere/token")).Error.ShouldStartWith("webhook: the file /nowhere/token cannot be read: ");

    private string TokenFile => Path.Combine(_folder.Path, "token");

    private async Task<CommandResult> RunAsync(string command, string server)
    {
        await File.WriteAllTextAsync(TokenFile, Token);
        return await CommandResult.OfAsync([.. command.Split(' '), "--server", server, "--token-file", TokenFile]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
