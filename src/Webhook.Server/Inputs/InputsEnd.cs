namespace Webhook.Server.Inputs;

/// <summary>Tells when standard input has been read to its end and everything of it is in the log.</summary>
internal sealed class InputsEnd
{
    private readonly TaskCompletionSource _standardInput = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task StandardInputEnded => _standardInput.Task;

    public void StandardInputHasEnded() => _standardInput.TrySetResult();
}
