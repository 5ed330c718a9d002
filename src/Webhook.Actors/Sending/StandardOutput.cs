namespace Webhook.Actors.Sending;

/// <summary>The process's standard output, shared by all integrations of type LOCAL: one batch at a time, so that no line gets into another.</summary>
internal sealed class StandardOutput(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>For who sends to receivers only.</summary>
    public static StandardOutput None { get; } = new(Stream.Null);

    public static StandardOutput OfProcess() => new(Console.OpenStandardOutput());

    /// <summary>Takes as long as whoever reads takes: a pipe that is full holds back, and nothing is written twice for that.</summary>
    /// <exception cref="IOException">Nobody reads any more, or its disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was given up; what is being written may still arrive.</exception>
    public async Task WriteAsync(ArraySegment<byte> bytes, CancellationToken abort)
    {
        await _turn.WaitAsync(abort).ConfigureAwait(false);
        // A write to a full pipe blocks its thread and cannot be cancelled. Until it has ended nobody else has the turn, and it reads from a copy: the batch gives its body back.
        var copy = bytes.ToArray();
        await Task.Run(Write, CancellationToken.None).WaitAsync(abort).ConfigureAwait(false);

        void Write()
        {
            try
            {
                stream.Write(copy);
                stream.Flush();
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    public void Dispose() => _turn.Dispose();
}
