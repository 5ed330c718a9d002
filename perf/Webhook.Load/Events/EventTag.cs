using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Webhook.Load.Events;

/// <summary>
/// Who an event is, as the value of its <c>id</c>: <c>wl-RRRRRR-SSSS-NNNNNNNNNNNN-DDDDDDDDDDDDDDD</c>: run, sender, number in the run, and when it was due on <see cref="Clock"/>.
/// Letters, digits and dashes only, all of fixed length: no forwarder has a reason to write them in another way, and they are found without parsing what stands around them.
/// </summary>
internal static class EventTag
{
    public const int Length = 43;
    public const int SenderAt = 10;
    public const int SenderDigits = 4;
    public const int NumberAt = 15;
    public const int NumberDigits = 12;
    public const int DueAt = 28;
    public const int DueDigits = 15;

    /// <summary>Most senders of a run: what fits into the digits.</summary>
    public const int MaxSenders = 10_000;

    private const int RunCharacters = 6;

    public static string NewRun() => RandomNumberGenerator.GetHexString(RunCharacters, lowercase: true);

    /// <summary>What every tag of the run begins with, and nothing else.</summary>
    public static byte[] Prefix(string run) => Encoding.ASCII.GetBytes($"wl-{run}-");

    public static string Format(string run, int sender, long number, long due) =>
        string.Create(CultureInfo.InvariantCulture, $"wl-{run}-{sender:D4}-{number:D12}-{due:D15}");
}
