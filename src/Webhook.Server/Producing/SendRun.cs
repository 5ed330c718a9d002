using Webhook.Server.Client;

namespace Webhook.Server.Producing;

/// <summary><c>webhook send</c>: reads events until the input's end, sends them, and says what became of them.</summary>
internal static class SendRun
{
    // Of the body of one request. Half of what a server takes by default.
    private const int MaxBatchBytes = 8 * 1024 * 1024;

    // Of an input that is slower than we are: long enough to gather some, short enough not to be waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(SendArguments arguments, CancellationToken cancellation)
    {
        string[] errors = [.. arguments.FindErrors()];
        if (errors.Length > 0) return Refuse(errors);
        try
        {
            var time = TimeProvider.System;
            using var refused = arguments.RefusedFile is { } file ? new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read) : null;
            var tally = new SendTally(refused);
            using var target = SendTargets.Create(arguments, tally, time);
            await using var input = Open(arguments.File);
            return await SendAsync(arguments, input, target, tally, time, cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Refuse([e.Message]);
        }
    }

    private static async Task<int> SendAsync(
        SendArguments arguments, Stream input, IEventTarget target, SendTally tally, TimeProvider time, CancellationToken cancellation)
    {
        using var stopping = new StopSignal(cancellation);

        // At a given rate requests go at least five times a second.
        var events = arguments.Rate is { } rate ? (int)Math.Clamp(Math.Ceiling(rate / 5), 1, arguments.BatchEvents) : arguments.BatchEvents;
        var pump = new EventPump(new InputReader(input, new InputLimits(events, MaxBatchBytes, Patience), time), target, arguments.Connections, arguments.Rate, time);
        var started = time.GetTimestamp();
        var stop = await SendProgress.ShowAsync(arguments.Json, tally, input, time, () => RunAsync(pump, stopping.Token));
        new SendReport(tally, time.GetElapsedTime(started), stop?.Message).Write(arguments.Json);
        return stop?.ExitCode ?? (tally.Refused > 0 ? ExitCode.Failed : ExitCode.Done);
    }

    private static async Task<SendStop?> RunAsync(EventPump pump, CancellationToken cancellation)
    {
        try
        {
            return await pump.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new SendStop(ExitCode.Failed, "interrupted; what was not accepted yet may or may not have arrived");
        }
        catch (Exception e) when (e is InputException or IOException)
        {
            return new SendStop(ExitCode.Failed, "it cannot go on: " + e.Message);
        }
    }

    private static Stream Open(string? file) => file is null or SendArguments.StandardInput
        ? Console.OpenStandardInput()
        : new FileStream(file, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });

    private static int Refuse(IReadOnlyList<string> errors)
    {
        foreach (var error in errors) Console.Error.WriteLine($"webhook send: {error}");
        return ExitCode.WrongUsage;
    }
}
