using System.Text;
using CsCheck;
using Webhook.Server.Inputs;

namespace Webhook.Server.Tests.Inputs;

public sealed class LineCutterTests
{
    private const int MaxLine = 100_000;

    /// <summary>However what is read is cut: the blocks are the lines, in order, each at its place; what is too long is told once, with its length.</summary>
    [Fact]
    public void TryTake_AnyPieces_AllLinesInOrderAtTheirPlaces() =>
        Gen.Select(Gen.Int[0, 60].Select(Line).Array[0, 20], Gen.Int[1, 200_000].Array[1, 10], Gen.Bool).Sample(
            (lines, pieces, isEnded) =>
            {
                var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")) + (isEnded ? "rest" : ""));
                using var cutter = new LineCutter(MaxLine, maxLines: 7, start: 1000);
                var taken = new List<(long Start, string Text, long Overlong)>();
                for (var (read, piece) = (0, 0); read < text.Length; piece++)
                {
                    var free = cutter.Free();
                    var length = Math.Min(Math.Min(pieces[piece % pieces.Length], free.Length), text.Length - read);
                    text.AsMemory(read, length).CopyTo(free);
                    cutter.Advance(length);
                    read += length;
                    Take(cutter, end: read == text.Length, taken);
                }

                var (at, found) = (1000L, new List<string>());
                foreach (var (start, block, overlong) in taken)
                {
                    start.ShouldBe(at);
                    at += overlong > 0 ? overlong + 1 : Encoding.UTF8.GetByteCount(block);
                    if (overlong > 0) found.Add(new string('x', (int)overlong));
                    else
                    {
                        block.Count(c => c == '\n').ShouldBeLessThanOrEqualTo(7);
                        found.AddRange(block.Split('\n').SkipLast(block.EndsWith('\n') ? 1 : 0));
                    }
                }

                found.ShouldBe(isEnded && text.Length > 0 ? [.. lines, "rest"] : lines);
            },
            iter: 200, threads: 1);

    [Fact]
    public void TryTake_LineOverASmallLimit_KeptAsFarAsItCame()
    {
        using var cutter = new LineCutter(maxLineBytes: 10, maxLines: 7, start: 0);
        new byte[3000].CopyTo(cutter.Free());
        cutter.Advance(3000);
        cutter.TryTake(end: false, out _).ShouldBeFalse();
        "\n{}\n"u8.ToArray().CopyTo(cutter.Free());
        cutter.Advance(4);

        cutter.TryTake(end: false, out var overlong).ShouldBeTrue();
        (overlong.Bytes.Length, overlong.OverlongBytes, overlong.End).ShouldBe((3000, 3000L, 3001L));
        cutter.Consume();
        cutter.TryTake(end: false, out var next).ShouldBeTrue();
        next.Bytes.ToArray().ShouldBe("{}\n"u8.ToArray());
    }

    private static string Line(int kind) => kind switch
    {
        0 => "",
        1 => new string('x', MaxLine + 70_000),
        2 => new string('x', MaxLine * 14),
        _ => new string('a', kind * 31),
    };

    private static void Take(LineCutter cutter, bool end, List<(long, string, long)> taken)
    {
        while (cutter.TryTake(end, out var block))
        {
            taken.Add((block.Start, Encoding.UTF8.GetString(block.Bytes.Span), block.OverlongBytes));
            cutter.Consume();
        }
    }
}
