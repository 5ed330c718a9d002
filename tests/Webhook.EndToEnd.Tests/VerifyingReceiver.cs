using System.Collections.Concurrent;
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
        await Command.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder.Path, package: "nodejs npm");

        var node = new ProcessStartInfo("node", "receiver.js") { WorkingDirectory = folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var receiver = new VerifyingReceiver(folder, Process.Start(node)!);
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
