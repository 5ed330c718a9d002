using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>What the library said of one request.</summary>
/// <param name="Verdicts">By the secrets' names: whether the request verifies with it.</param>
internal sealed record Verdict(
    [property: JsonPropertyName("events")] int Events,
    [property: JsonPropertyName("signatures")] int Signatures,
    [property: JsonPropertyName("verdicts")] IReadOnlyDictionary<string, bool> Verdicts);

/// <summary>A receiver in Node that verifies with npm's package <c>standardwebhooks</c>: another language, another author. Needs <c>node</c> and <c>npm</c>.</summary>
internal sealed class VerifyingReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder;
    private readonly Process _node;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private VerifyingReceiver(TemporaryFolder folder, Process node)
    {
        _folder = folder;
        _node = node;
    }

    public Uri Url { get; private set; } = null!;

    public IReadOnlyList<Verdict> Requests => [.. _lines.Where(l => l.StartsWith("{\"events\"", StringComparison.Ordinal)).Select(l => JsonSerializer.Deserialize<Verdict>(l)!)];

    public static async Task<VerifyingReceiver> StartAsync()
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "StandardWebhooksReceiver")))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        await InstallAsync(folder.Path);

        var receiver = new VerifyingReceiver(folder, Start(folder.Path, "node", "receiver.js"));
        receiver._node.OutputDataReceived += (_, line) => receiver.Keep(line.Data);
        receiver._node.ErrorDataReceived += (_, line) => receiver._errors.Enqueue(line.Data ?? "");
        receiver._node.BeginOutputReadLine();
        receiver._node.BeginErrorReadLine();
        var listening = await receiver.WaitForLineAsync("{\"port\"");
        receiver.Url = new Uri($"http://127.0.0.1:{JsonDocument.Parse(listening).RootElement.GetProperty("port").GetInt32()}/hook");
        return receiver;
    }

    /// <summary>From now on requests are verified with this secret too.</summary>
    public async Task KnowAsync(string name, string secret)
    {
        await _node.StandardInput.WriteLineAsync($"{name} {secret}");
        await _node.StandardInput.FlushAsync();
        await WaitForLineAsync($"{{\"knows\":\"{name}\"");
    }

    /// <summary>Waits until so many requests have come in all, and returns them.</summary>
    public async Task<IReadOnlyList<Verdict>> WaitForAsync(Func<IReadOnlyList<Verdict>, bool> enough)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        while (true)
        {
            var now = Requests;
            if (enough(now)) return now;
            await NextAsync(timeout.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_node.HasExited) _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync();
        _node.Dispose();
        _arrived.Dispose();
        _folder.Dispose();
    }

    private static async Task InstallAsync(string folder)
    {
        using var npm = Start(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        using var timeout = new CancellationTokenSource(Deadline);
        npm.StandardInput.Close();
        var output = npm.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = npm.StandardError.ReadToEndAsync(timeout.Token);
        await npm.WaitForExitAsync(timeout.Token);
        npm.ExitCode.ShouldBe(0, $"npm ci failed:\n{await output}\n{await error}");
    }

    private static Process Start(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' could not be started ({e.Message}); this test needs Node.js with npm: on Debian, apt-get install nodejs npm.", e);
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        _arrived.Release();
    }

    private async Task<string> WaitForLineAsync(string start)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        while (true)
        {
            if (_lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } found) return found;
            await NextAsync(timeout.Token);
        }
    }

    private async Task NextAsync(CancellationToken deadline)
    {
        try
        {
            await _arrived.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The receiver said only:\n{string.Join('\n', _lines)}\n{string.Join('\n', _errors)}");
        }
    }
}
