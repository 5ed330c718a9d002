using System.Globalization;

namespace Webhook.Testing;

/// <summary>How long a test looks for a counterexample: 5 s, or as many as <c>WEBHOOK_FUZZ_SECONDS</c> says.</summary>
public static class FuzzTime
{
    public static int Seconds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("WEBHOOK_FUZZ_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : 5;
}
