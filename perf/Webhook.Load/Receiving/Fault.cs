namespace Webhook.Load.Receiving;

/// <summary>How the receiver fails. Without any of it everything is taken at once with 200.</summary>
/// <param name="DelayMs">Before every answer.</param>
/// <param name="Status">Answered instead of 200; nothing is taken.</param>
/// <param name="Refuse">A body with a poison event is answered with 400, and nothing of it is taken.</param>
/// <param name="Down">No connection is accepted, and the open ones are reset: of all integrations.</param>
/// <param name="Share">Of the requests that <paramref name="DelayMs"/> and <paramref name="Status"/> apply to, 0 to 1.</param>
/// <param name="Integrations">Only the first so many integrations' requests are treated so; 0: all.</param>
internal sealed record Fault(int DelayMs = 0, int Status = 0, bool Refuse = false, bool Down = false, double Share = 1, int Integrations = 0)
{
    public static readonly Fault None = new();

    public bool AppliesTo(int integration) => Integrations == 0 || integration < Integrations;
}
