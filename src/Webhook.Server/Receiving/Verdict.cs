namespace Webhook.Server.Receiving;

/// <summary>What one check says of a request.</summary>
/// <param name="Check"><c>signature</c>, <c>timestamp</c>, <c>basic</c>, <c>bearer</c> or <c>authentication</c> (there is nothing to verify).</param>
/// <param name="Reason">Why it did not pass, for people; null: it passed.</param>
internal sealed record Verdict(string Check, string? Reason)
{
    public bool Passed => Reason is null;
}
