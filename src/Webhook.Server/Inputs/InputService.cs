using Webhook.Actors.EventLog;
using Webhook.Server.Inputs.Following;

namespace Webhook.Server.Inputs;

/// <summary>Runs one input from the start of the program to its stop. On the stop it reads nothing more, and what was read is stored, in bounded time.</summary>
internal sealed class InputService(InputDefinition input, LineStore store, IEventLog log, InputsEnd end, TimeProvider time, ILogger logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan TimeToStore = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopReading = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task _run = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopReading.CancelAsync();
        using var deadline = new CancellationTokenSource(TimeToStore, time);
        await using var gaveUp = deadline.Token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _giveUp);
        await _run;
    }

    public void Dispose()
    {
        _stopReading.Dispose();
        _giveUp.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            switch (input)
            {
                case StandardInputDefinition:
                    await using (var stream = Console.OpenStandardInput())
                    {
                        if (await new StandardInput(stream, store, time, logger).RunAsync(_stopReading.Token, _giveUp.Token)) end.StandardInputHasEnded();
                    }

                    break;
                case FollowedFileDefinition file:
                    var saved = await log.FindMarkAsync(input.Name, CancellationToken.None) is { } mark ? FollowedPlace.FromBytes(mark.Value.Span) : null;
                    await new FollowedFile(file, store, time, logger).RunAsync(saved, _stopReading.Token, _giveUp.Token);
                    break;
            }
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // A file is read again from where the log has it; of standard input a block is lost.
            logger.LogWarning("The input {Input} stopped before the log had taken what was read of it", input.Name);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The input {Input} ended", input.Name);
        }
    }
}
