using Akka.Actor;

namespace Webhook.Actors.Integrations;

/// <summary>What one integration owes the certificates: a claim before it stores settings that name one, and word of what it uses. Used by the integration's actor only.</summary>
internal sealed class IntegrationCertificates(IntegrationId id, IActorRef certificates)
{
    private IReadOnlyList<long> _uses = [];
    private long _number;
    private bool _isConfirmed;

    /// <summary>The certificates that <paramref name="change"/> names and the settings in force do not.</summary>
    public static IReadOnlyList<long> NewIn(IntegrationProtocol.IChange change, IntegrationSettings? current) => change switch
    {
        IntegrationProtocol.Create create => [.. Of(create.Settings).Except(Of(current))],
        IntegrationProtocol.Update update => [.. Of(update.Settings).Except(Of(current))],
        _ => [],
    };

    public Task<CertificateUse.IReply> ClaimAsync(IReadOnlyList<long> wanted, CancellationToken cancellation)
    {
        _isConfirmed = false;
        return certificates.Ask<CertificateUse.IReply>(new CertificateUse.Claim(id, wanted), cancellation);
    }

    /// <summary>Ends every claim. Says nothing where the certificates know it all.</summary>
    public void Settle(IntegrationSettings? inForce)
    {
        var uses = Of(inForce);
        if (_isConfirmed && uses.SequenceEqual(_uses)) return;
        (_uses, _isConfirmed) = (uses, false);
        Remind();
    }

    /// <summary>Tells again what was not confirmed. Not while a change is under way: it would end the change's claim.</summary>
    public void Remind()
    {
        if (!_isConfirmed) certificates.Tell(new CertificateUse.Uses(id, _uses, ++_number));
    }

    public void Confirm(long number) => _isConfirmed = number == _number;

    private static IReadOnlyList<long> Of(IntegrationSettings? settings) =>
        [.. ((long?[])[settings?.CertificateId, settings?.CaCertificateId]).OfType<long>().Distinct()];
}
