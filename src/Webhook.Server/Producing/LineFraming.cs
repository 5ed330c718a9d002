using System.Buffers;

namespace Webhook.Server.Producing;

/// <summary>NDJSON: every line that is not blank is one event, whatever stands on it; a wrong one costs no other.</summary>
internal sealed class LineFraming : IInputFraming
{
    private long _line;

    public bool TryRead(ref ReadOnlySequence<byte> input, bool isEnd, out InputEvent found)
    {
        found = default;
        while (!input.IsEmpty)
        {
            ReadOnlySequence<byte> line;
            if (input.PositionOf((byte)'\n') is { } end)
            {
                line = input.Slice(0, end);
                input = input.Slice(input.GetPosition(1, end));
            }
            else if (isEnd)
            {
                line = input;
                input = input.Slice(input.End);
            }
            else
            {
                return false;
            }

            _line++;
            line = Trim(line);
            if (line.IsEmpty) continue;
            found = new InputEvent(line, _line);
            return true;
        }

        return false;
    }

    private static ReadOnlySequence<byte> Trim(ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(line);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r');
        line = reader.UnreadSequence;
        while (!line.IsEmpty && line.Slice(line.Length - 1).FirstSpan[0] is (byte)' ' or (byte)'\t' or (byte)'\r') line = line.Slice(0, line.Length - 1);
        return line;
    }
}
