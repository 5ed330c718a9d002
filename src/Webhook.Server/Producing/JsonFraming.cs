using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Webhook.Server.Producing;

/// <summary>A JSON array of events, or JSON values one behind the other that go over several lines. Behind an error of the syntax nobody can tell where the next begins.</summary>
/// <param name="isArray">false: values one behind the other.</param>
internal sealed class JsonFraming(bool isArray) : IInputFraming
{
    private JsonReaderState _state = new(new JsonReaderOptions { AllowMultipleValues = !isArray, MaxDepth = int.MaxValue });
    private bool _isInside;
    private long _line = 1;

    public bool TryRead(ref ReadOnlySequence<byte> input, bool isEnd, out InputEvent found)
    {
        found = default;
        try
        {
            while (true)
            {
                var reader = new Utf8JsonReader(input, isEnd, _state);
                if (!reader.Read()) return false;
                if (isArray && !_isInside)
                {
                    _isInside = true;
                    Take(ref input, reader);
                    continue;
                }

                if (isArray && reader.TokenType == JsonTokenType.EndArray)
                {
                    // Reading on throws if anything but white space is left.
                    Take(ref input, reader);
                    continue;
                }

                var start = reader.TokenStartIndex;
                if (!reader.TrySkip()) return false;
                var line = _line + Breaks(input.Slice(0, start));
                found = new InputEvent(input.Slice(start, reader.BytesConsumed - start), line);
                Take(ref input, reader);
                return true;
            }
        }
        catch (JsonException e)
        {
            // Its line counts from where its state began, which is the beginning of the input.
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}: not valid JSON: {Reason(e)}; nothing from there on can be told apart and sent"));
        }
    }

    private void Take(ref ReadOnlySequence<byte> input, in Utf8JsonReader reader)
    {
        _line += Breaks(input.Slice(0, reader.BytesConsumed));
        _state = reader.CurrentState;
        input = input.Slice(reader.BytesConsumed);
    }

    // "'x' is invalid … LineNumber: 3 | BytePositionInLine: 7.": the place is told before it.
    private static string Reason(JsonException e)
    {
        var place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? e.Message : e.Message[..place]).TrimEnd('.');
    }

    private static long Breaks(ReadOnlySequence<byte> bytes)
    {
        long breaks = 0;
        foreach (var part in bytes) breaks += part.Span.Count((byte)'\n');
        return breaks;
    }
}
