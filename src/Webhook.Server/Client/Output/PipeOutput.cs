using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Webhook.Server.Client.Output;

/// <summary>Standard output that notices when its reader has gone. .NET's own goes on writing into nothing, so that <c>webhook tail | head -1</c> would never end.</summary>
internal sealed class PipeOutput : IAsyncDisposable
{
    private const int StandardOutput = 1;

    private readonly TextWriter _writer;
    private readonly bool _isOwn;

    private PipeOutput(TextWriter writer, bool isOwn)
    {
        _writer = writer;
        _isOwn = isOwn;
    }

    public static PipeOutput Open(ClientOutput output)
    {
        if (OperatingSystem.IsWindows() || !ReferenceEquals(output.Writer, Console.Out) || !Console.IsOutputRedirected) return new PipeOutput(output.Writer, isOwn: false);
        var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file has no reader that could go, and a position that others share.
        return stream.CanSeek
            ? new PipeOutput(output.Writer, isOwn: false)
            : new PipeOutput(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true }, isOwn: true);
    }

    /// <returns>false: nobody reads any more.</returns>
    public bool TryWriteLine(string json, Action<TextWriter, string> write)
    {
        try
        {
            write(_writer, json);
            return true;
        }
        catch (IOException) when (_isOwn)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOwn) return;
        try
        {
            await _writer.DisposeAsync();
        }
        catch (IOException)
        {
            // Its reader is gone.
        }
    }
}
