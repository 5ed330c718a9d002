using Webhook.Actors.Integrations;

namespace Webhook.Actors.Certificates;

/// <summary>What a user sends about a certificate; null where nothing was sent.</summary>
internal sealed record CertificateUpload(string? Name, byte[]? File, byte[]? Key = null, SecretText? Password = null);

/// <summary>What became of a user's request: a closed list, mapped once to the API's statuses.</summary>
internal abstract record CertificateResult
{
    private CertificateResult()
    {
    }

    internal sealed record Requested(string Pem) : CertificateResult;

    internal sealed record Done(CertificateView Certificate) : CertificateResult;

    internal sealed record Deleted(long Id) : CertificateResult;

    internal sealed record NotFound(long Id) : CertificateResult;

    /// <param name="Errors">All of them, each with its field.</param>
    internal sealed record Invalid(IReadOnlyList<string> Errors) : CertificateResult;

    /// <param name="Users">Who uses it, with their names.</param>
    internal sealed record InUse(long Id, IReadOnlyList<CatalogEntry> Users) : CertificateResult;

    internal sealed record Full(int Limit) : CertificateResult;

    /// <summary>No answer in time: whether it was done is unknown.</summary>
    internal sealed record Unanswered : CertificateResult;
}
