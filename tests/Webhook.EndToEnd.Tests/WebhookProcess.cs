using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Webhook.EndToEnd.Tests;

/// <summary>The real program as a child process, on a free port of its own choosing and a data folder of the test's.</summary>
internal sealed partial class WebhookProcess : IAsyncDisposable
{
    public const string AdminToken = "admin-token-of-the-end-to-end-tests";
    public const string IngestKey = "ingest-key-of-the-end-to-end-tests";
    /// <summary>For tests of outages: what makes a delivery that failed for good be tried again soon. Stands before a test's own settings, which win.</summary>
    private static readonly string[] QuickRecovery = ["--set", "Webhook:Delivery:InhibitionTime=00:00:01"];

    /// <summary>Tests ask more often than an operator.</summary>
    private static readonly string[] ManyCalls = ["--set", "Webhook:Api:RequestsPerMinute=100000"];

    private const int Sigterm = 15;
    private const int Sigstop = 19;
    private const int Sigcont = 18;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebhookProcess(Process process) => _process = process;

    /// <summary>Of the runtime that the tests run on: where programs of .NET find it that do not start with <c>dotnet</c>.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public Uri Address { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Ingest { get; private set; } = null!;

    /// <summary>Lines on standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Lines on standard error so far: the log, as JSON.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    public int Id => _process.Id;

    /// <summary>Starts <c>webhook serve</c> and waits until it is ready (also when it is degraded).</summary>
    /// <param name="allowed">What deliveries may reach besides public addresses; the tests' receivers are on loopback.</param>
    /// <param name="program">The executable; null: as it was built along with the tests.</param>
    public static async Task<WebhookProcess> ServeAsync(
        string dataFolder, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null, bool fixedTokens = true,
        string? allowed = "127.0.0.0/8", string? program = null)
    {
        string[] egress = allowed is null ? [] : ["--set", $"Webhook:Egress:AllowedAddresses:0={allowed}"];
        var webhook = Start(
            ["serve", "--data", dataFolder, "--urls", "http://127.0.0.1:0", .. egress, .. ManyCalls, .. QuickRecovery, .. arguments ?? []], environment, fixedTokens, program);
        return await webhook.OnceAsync(webhook.WaitReadyAsync());
    }

    /// <summary>Starts <c>webhook agent</c> without an ingest key and waits until it is ready.</summary>
    public static async Task<WebhookProcess> AgentAsync(
        string dataFolder, string configFile, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var webhook = Start(
            ["agent", "--config", configFile, "--data", dataFolder, "--urls", "http://127.0.0.1:0", "--set", "Webhook:Egress:AllowedAddresses:0=127.0.0.0/8", .. QuickRecovery, .. arguments ?? []],
            environment, fixedTokens: false);
        return await webhook.OnceAsync(webhook.WaitReadyAsync());
    }

    /// <summary>Starts <c>webhook receive --json</c>, which verifies with this secret, and waits until it listens.</summary>
    public static async Task<WebhookProcess> ReceiveAsync(string secret)
    {
        var webhook = Start(["receive", "--json", "--urls", "http://127.0.0.1:0"], new Dictionary<string, string> { ["WEBHOOK_RECEIVE_SECRET"] = secret }, fixedTokens: false);
        return await webhook.OnceAsync(webhook.WaitListeningAsync());
    }

    /// <summary>Runs the program to its end.</summary>
    /// <param name="input">What it reads on standard input; null: nothing.</param>
    /// <param name="program">The executable; null: as it was built along with the tests.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? input = null, string? program = null)
    {
        await using var webhook = Start(arguments, environment, fixedTokens: false, program);
        await webhook._process.StandardInput.WriteAsync(input);
        webhook._process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(StartDeadline);
        await webhook._process.WaitForExitAsync(deadline.Token);
        return (webhook._process.ExitCode, string.Join('\n', webhook._output), string.Join('\n', webhook._log));
    }

    /// <summary>Waits for a line on standard output; on the deadline shows all of it.</summary>
    public async Task WaitForOutputAsync(Func<string, bool> expected, TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!_output.Any(expected))
        {
            if (timeout.IsCancellationRequested || _process.HasExited) throw new TimeoutException($"the line did not come:\n{string.Join('\n', _output)}\n{string.Join('\n', _log)}");
            await tick.WaitForNextTickAsync();
        }
    }

    /// <summary>SIGSTOP: it hangs as a whole, and its sockets stay open.</summary>
    public void Suspend() => Send(Sigstop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Send(Sigcont);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code and how long it took to end.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync(TimeSpan deadline)
    {
        var watch = Stopwatch.StartNew();
        Send(Sigterm);
        using var timeout = new CancellationTokenSource(deadline);
        await _process.WaitForExitAsync(timeout.Token);
        return (_process.ExitCode, watch.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        Admin?.Dispose();
        Ingest?.Dispose();
        _process.Dispose();
    }

    private static WebhookProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, bool fixedTokens, string? program = null)
    {
        var start = new ProcessStartInfo(program ?? "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (program is null) start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "webhook.dll"));
        // An installed one must find nothing of the build around it.
        else start.WorkingDirectory = Path.GetDirectoryName(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        SetOrRemove(start, "WEBHOOK_ADMIN_TOKEN", fixedTokens ? AdminToken : null);
        SetOrRemove(start, "WEBHOOK_INGEST_KEY", fixedTokens ? IngestKey : null);

        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var webhook = new WebhookProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        webhook._process.OutputDataReceived += (_, line) => webhook.Keep(line.Data);
        webhook._process.ErrorDataReceived += (_, line) => webhook.KeepLog(line.Data);
        webhook._process.Start();
        webhook._process.BeginOutputReadLine();
        webhook._process.BeginErrorReadLine();
        return webhook;
    }

    /// <summary>Removes what the shell that runs the tests may have set.</summary>
    private static void SetOrRemove(ProcessStartInfo start, string name, string? value)
    {
        if (value is null) start.Environment.Remove(name);
        else start.Environment[name] = value;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _output.Enqueue(line);
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["address", var address]) _address.TrySetResult(new Uri(address));
    }

    // Standard output of an agent and of a receiver is their events'; they say where they listen on standard error.
    private void KeepLog(string? line)
    {
        _log.Enqueue(line ?? string.Empty);
        if (line is not null && ListeningAddress().Match(line) is { Success: true } match) _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    private async Task<WebhookProcess> OnceAsync(Task started)
    {
        try
        {
            await started;
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task WaitListeningAsync()
    {
        var exited = _process.WaitForExitAsync();
        using var deadline = new CancellationTokenSource(StartDeadline);
        if (await Task.WhenAny(_address.Task, exited, Task.Delay(Timeout.Infinite, deadline.Token)) != _address.Task)
            throw new InvalidOperationException($"webhook did not start (exit code {(_process.HasExited ? _process.ExitCode : null)}):\n{string.Join('\n', _output)}\n{string.Join('\n', _log)}");
        Address = await _address.Task;
    }

    private async Task WaitReadyAsync()
    {
        await WaitListeningAsync();
        using var deadline = new CancellationTokenSource(StartDeadline);
        Admin = Client(AdminToken);
        Ingest = Client(IngestKey);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await ReasonNotReadyAsync() is { } reason)
        {
            if (deadline.IsCancellationRequested) throw new InvalidOperationException($"webhook serves but is not ready: {reason}");
            await tick.WaitForNextTickAsync();
        }
    }

    private async Task<string?> ReasonNotReadyAsync()
    {
        using var response = await Admin.GetAsync("/health/ready");
        return response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync();
    }

    private HttpClient Client(string token) => new()
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private void Send(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0) throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
    }

    [GeneratedRegex(@"^(?:webhook \S+ agent .* listens|receiving) on (http[^\s,]+)")]
    private static partial Regex ListeningAddress();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
