using System.Collections.Immutable;
using CsCheck;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

public class CursorTests
{
    private static readonly Gen<Cursor> Any =
        from sequence in Gen.Long[0, long.MaxValue]
        from cuts in Gen.Select(Gen.Long, Gen.Long, Gen.Long, Gen.Int[0, 2], Gen.Bool, (to, first, last, set, finished) => new Cut(to, first, last, Channels(set), finished)).Array[0, 70]
        select new Cursor(sequence, [.. cuts]);

    [Fact]
    public void FromBytes_OfToBytes_IsTheSame() => Any.Sample(cursor =>
    {
        var read = Cursor.FromBytes(cursor.ToBytes());

        read.Sequence.ShouldBe(cursor.Sequence);
        read.Cuts.Select(Text).ShouldBe(cursor.Cuts.Select(Text));
    });

    [Fact]
    public void ToBytes_NothingCut_IsTheSequenceAlone() => Cursor.At(0x0102030405060708).ToBytes().ShouldBe([8, 7, 6, 5, 4, 3, 2, 1]);

    [Fact]
    public void ToBytes_Cuts_HaveTheLayoutThatIsStored() => new Cursor(1, [new Cut(2, 3, 4, ["é"], IsFinished: true)]).ToBytes().ShouldBe(
    [
        1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0xC3, 0xA9, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);

    private static ImmutableArray<string> Channels(int set) => [.. Enumerable.Range(0, set).Select(i => $"CHANNEL_{i}_é")];

    private static string Text(Cut cut) => $"{cut.To} {cut.First} {cut.Last} {string.Join(',', cut.Channels)} {cut.IsFinished}";
}
