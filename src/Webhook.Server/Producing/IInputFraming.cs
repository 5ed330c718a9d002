using System.Buffers;

namespace Webhook.Server.Producing;

/// <summary>One event of the input as it stands there.</summary>
/// <param name="Line">On which it begins, from 1.</param>
internal readonly record struct InputEvent(ReadOnlySequence<byte> Json, long Line);

/// <summary>The input cannot be read on; the message names the line.</summary>
internal sealed class InputException(string message) : Exception(message);

/// <summary>How an input is cut into events, a piece of it at a time.</summary>
internal interface IInputFraming
{
    /// <summary>Takes the next event off the beginning of <paramref name="input"/>, with what stands before it.</summary>
    /// <param name="isEnd">Nothing follows the input.</param>
    /// <returns>false: more is needed; what is done with is taken off all the same.</returns>
    /// <exception cref="InputException">It cannot be cut any further.</exception>
    bool TryRead(ref ReadOnlySequence<byte> input, bool isEnd, out InputEvent found);
}
