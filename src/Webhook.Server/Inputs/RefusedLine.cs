namespace Webhook.Server.Inputs;

/// <summary>A line that is no event.</summary>
/// <param name="Offset">Of its first byte that is no white space, in its source.</param>
/// <param name="Length">In bytes, without its line break.</param>
/// <param name="Type">The word for the reason, as in answers to requests.</param>
/// <param name="Beginning">As much of it as is kept.</param>
internal readonly record struct RefusedLine(long Offset, long Length, string Type, string Reason, ReadOnlyMemory<byte> Beginning);
