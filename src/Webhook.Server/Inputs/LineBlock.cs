namespace Webhook.Server.Inputs;

/// <summary>Whole lines, one behind the other, as they stand in their source.</summary>
/// <param name="Bytes">Of the cutter's own memory: valid until the block is consumed.</param>
/// <param name="Start">Where the first line begins in the source.</param>
/// <param name="End">Where the next one begins: up to here the source has been read when the block is dealt with.</param>
/// <param name="OverlongBytes">0; or the block is one line of so many bytes, longer than a line may be, and <paramref name="Bytes"/> is its beginning.</param>
internal readonly record struct LineBlock(ReadOnlyMemory<byte> Bytes, long Start, long End, long OverlongBytes)
{
    public bool IsOverlong => OverlongBytes > 0;
}
