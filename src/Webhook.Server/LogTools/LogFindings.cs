using System.Globalization;

namespace Webhook.Server.LogTools;

/// <summary>What a log that was read to its end turned out to be.</summary>
/// <param name="Log">Its folder.</param>
internal sealed record LogFindings(string Log, LogContents Contents, IReadOnlyList<LogDamage> Damage, IReadOnlyList<KnownLoss> KnownLosses)
{
    public bool IsDamaged => Damage.Count > 0;

    /// <summary>null: nobody can tell.</summary>
    public long? EventsLost => Damage.Aggregate((long?)0, static (sum, damage) => sum + damage.EventsLost);

    public long DeadLettersLost => Damage.Sum(static damage => damage.DeadLettersLost);

    /// <summary>What the damage costs, as the subject of a sentence.</summary>
    public string Loss
    {
        get
        {
            var certain = Damage.Sum(static damage => damage.EventsLost ?? 0);
            var events = EventsLost is { } lost ? Count(lost, "event") : certain > 0 ? $"at least {Count(certain, "event")}" : "an unknown number of events";
            var letters = DeadLettersLost > 0 ? $" and {Count(DeadLettersLost, "dead letter")}" : "";
            return EventsLost == 0 && letters.Length == 0 ? "no event" : events + letters;
        }
    }

    public static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");
}
