namespace Webhook.Server.Inputs;

/// <summary>One thread of its own for a stream whose reads block, as those of standard input do: a thread of the pool would be missing for as long as nobody writes.</summary>
/// <remarks>A read that blocks when this is disposed of goes on until it ends, or the process does.</remarks>
internal sealed class BlockingReads : IDisposable
{
    private readonly Stream _stream;
    private readonly SemaphoreSlim _asked = new(0);
    private volatile Request? _request;

    public BlockingReads(Stream stream, string name)
    {
        _stream = stream;
        new Thread(Loop) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>One at a time. Completes with the bytes read, 0 at the end.</summary>
    public Task<int> ReadAsync(byte[] buffer)
    {
        var request = new Request(buffer);
        _request = request;
        _asked.Release();
        return request.Read.Task;
    }

    /// <summary>The thread ends after what it is doing.</summary>
    public void Dispose()
    {
        _request = null;
        _asked.Release();
    }

    private void Loop()
    {
        while (true)
        {
            _asked.Wait();
            if (_request is not { } request) return;
            try
            {
                request.Read.SetResult(_stream.Read(request.Buffer));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                request.Read.SetException(e);
            }
        }
    }

    private sealed record Request(byte[] Buffer)
    {
        public TaskCompletionSource<int> Read { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
