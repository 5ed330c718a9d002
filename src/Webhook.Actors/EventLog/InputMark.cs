namespace Webhook.Actors.EventLog;

/// <summary>
/// How far an input has been read. Stored in one step with the events read up to there, so that a kill neither loses nor repeats any. What the value says only the input knows.
/// </summary>
/// <param name="Input">Its name, at most <see cref="MaxNameBytes"/> of UTF-8.</param>
/// <param name="Value">Small, at most <see cref="MaxValueBytes"/>: it is written with every block that the input fills.</param>
internal sealed record InputMark(string Input, ReadOnlyMemory<byte> Value)
{
    public const int MaxNameBytes = 5000;
    public const int MaxValueBytes = 16 * 1024;
}
