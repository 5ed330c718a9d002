using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Certificates;

/// <summary>Certificates for this node's senders: asks the singleton, and again after a while, so that a renewal takes over by itself. Keeps keys encrypted only.</summary>
internal sealed class CertificateSource(IRequiredActor<CertificatesProxy> certificates, TimeProvider time) : ICertificateSource
{
    /// <summary>How long an answer counts without asking again: a renewal is taken over within this time.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, Known> _known = [];

    public ValueTask<CertificateMaterial> GetAsync(long id, CancellationToken cancellation) =>
        _known.TryGetValue(id, out var known) && time.GetElapsedTime(known.AskedAt) < Fresh
            ? ValueTask.FromResult(known.Material)
            : new(AskAsync(id, known?.Material, cancellation));

    private async Task<CertificateMaterial> AskAsync(long id, CertificateMaterial? known, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        CertificateProtocol.IReply reply;
        try
        {
            reply = await certificates.ActorRef
                .Ask<CertificateProtocol.IReply>(new CertificateProtocol.Open(id, known?.Version ?? 0), AnswerTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            // The singleton moves to another node, or starts: what was right a moment ago will do.
            return known ?? throw new CredentialsException($"Certificate {id} could not be read: the certificates do not answer within {AnswerTimeout.TotalSeconds} s.", e);
        }

        if (reply is CertificateProtocol.Unknown)
        {
            _known.TryRemove(id, out _);
            throw new CredentialsException($"There is no certificate {id}; give the integration another.");
        }

        var material = reply is CertificateProtocol.Opened opened ? opened.Material : known!;
        _known[id] = new Known(material, askedAt);
        return material;
    }

    private sealed record Known(CertificateMaterial Material, long AskedAt);
}
