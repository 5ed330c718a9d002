using System.Text;
using CsCheck;

namespace Webhook.Testing;

/// <summary>JSON texts of every kind, and bytes that are nearly JSON.</summary>
public static class AnyJson
{
    private static readonly Gen<string> GenScalar = Gen.OneOf(
        Gen.OneOf("null", "true", "false", "0", "-1", "1.5", "1e999", "9223372036854775807", "99999999999999999999", "\"\"", "\"a\"", "\"\\ud800\"", "\"\\u0000\"", "\"é😀\"", "\"\\r\\n\""),
        Gen.Int.Select(n => $"{n}"),
        Gen.String[0, 20].Select(text => System.Text.Json.JsonSerializer.Serialize(text)));

    private static readonly Gen<(int At, int Kind, byte Byte)> GenMutation = Gen.Select(
        Gen.Int[0, 2000], Gen.Int[0, 2], Gen.OneOf<byte>([.. "{}[]\",:\\ \n0-.etu"u8, 0x80, 0xC3, 0xFF, 0]));

    /// <summary>Any value, up to seven deep.</summary>
    public static Gen<string> Value { get; } = Gen.Recursive<string>((depth, self) => depth > 6
        ? GenScalar
        : Gen.Frequency((4, GenScalar), (1, self.Array[0, 3].Select(List)), (1, Object(Gen.OneOf("a", "key", "value", "name", "type", "é"), self))));

    /// <summary>Objects with these members, each there or not, in any order and with any value, sometimes twice.</summary>
    public static Gen<string> ObjectOf(params string[] names) => Object(Gen.OneOf(names), Value);

    /// <summary>The text as bytes, a few of them changed, added or taken away.</summary>
    public static Gen<byte[]> Mutated(Gen<string> text) => Gen.Select(text, GenMutation.Array[0, 2]).Select(Mutate);

    private static Gen<string> Object(Gen<string> names, Gen<string> values) =>
        Gen.Select(names, values).Array[0, 6].Select(members => $"{{{string.Join(",", members.Select(m => $"\"{m.Item1}\":{m.Item2}"))}}}");

    private static string List(string[] items) => $"[{string.Join(",", items)}]";

    private static byte[] Mutate(string text, (int At, int Kind, byte Byte)[] mutations)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        foreach (var (at, kind, value) in mutations)
        {
            var place = at % (bytes.Count + 1);
            if (kind == 0) bytes.Insert(place, value);
            else if (place < bytes.Count && kind == 1) bytes[place] = value;
            else if (place < bytes.Count) bytes.RemoveAt(place);
        }

        return [.. bytes];
    }
}
