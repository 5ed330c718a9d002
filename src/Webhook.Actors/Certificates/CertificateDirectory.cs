using Akka.Actor;
using Akka.Hosting;
using Webhook.Actors.Integrations;
using static Webhook.Actors.Certificates.CertificateProtocol;

namespace Webhook.Actors.Certificates;

/// <summary>Certificates for the API: makes keys, reads files, encrypts keys and asks the singleton. What can be expected to go wrong is in the answers.</summary>
internal sealed class CertificateDirectory(
    IRequiredActor<CertificatesProxy> certificates, IRequiredActor<CatalogProxy> catalog, ISecretProtector protector, TimeProvider time)
{
    /// <summary>A journal that has just started takes a while.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Names of the parts in which files come.</summary>
    public const string SignedPart = "certificateFileName";
    public const string ImportPart = "file";

    private const string NoKeyHere = "the certificate does not match any key here: neither one that waits for its certificate nor one of a certificate that is here; sign a CSR of POST /secure/certman/v1/csr, or import certificate and key together";
    private const string NotItsKey = "the certificate does not match the key of the one it renews, nor a key that waits for its certificate; sign a CSR of POST /secure/certman/v1/csr, or add it as a new certificate";

    public Task<CertificateResult> CreateSigningRequestAsync(string? keyType, string? subject) => AnswerAsync(async () =>
    {
        var errors = new SettingErrors();
        // An RSA key takes a second.
        if (await Task.Run(() => SigningRequest.Create(keyType, subject, errors)) is not { } request) return new CertificateResult.Invalid(errors.All);
        await AskAsync(new KeepKey(request.Key.PublicKey, request.Algorithm, protector.Protect(request.Key.Pem)));
        return new CertificateResult.Requested(request.Pem);
    });

    /// <summary>Adds a certificate whose key is here.</summary>
    /// <param name="upload">null: it could not be read; why is in <paramref name="errors"/>, to which is added.</param>
    public Task<CertificateResult> AddAsync(CertificateUpload? upload, SettingErrors errors) => AnswerAsync(async () =>
    {
        if (upload is null) return new CertificateResult.Invalid(errors.All);
        var name = CertificateChecks.CheckName(upload.Name, errors);
        using var file = Read(upload, SignedPart, mayHoldKey: false, errors);
        var content = file is null ? null : await FindSignedAsync(file, renewed: null, errors);
        return errors.Any || name is null || content is null
            ? new CertificateResult.Invalid(errors.All)
            : await ChangeAsync(new Add(name, CertificateUsage.Client, content, Key: null), NoKeyHere);
    });

    /// <summary>Adds a certificate with its key: PFX, or PEM with the key in the file or beside it.</summary>
    public Task<CertificateResult> ImportAsync(CertificateUpload? upload, SettingErrors errors) => AnswerAsync(async () =>
    {
        if (upload is null) return new CertificateResult.Invalid(errors.All);
        var name = CertificateChecks.CheckName(upload.Name, errors);
        if (CertificateImport.Read(upload, errors) is not { } import) return new CertificateResult.Invalid(errors.All);
        using var file = import.File;
        CertificateChecks.CheckValidity(import.Certificate, ImportPart, time.GetUtcNow(), errors);
        return errors.Any || name is null
            ? new CertificateResult.Invalid(errors.All)
            : await ChangeAsync(
                new Add(name, CertificateUsage.Client, CertificateChecks.Content(import.Certificate, file), protector.Protect(import.Key.Pem)), NoKeyHere);
    });

    /// <summary>Adds a private authority.</summary>
    public Task<CertificateResult> AddAuthorityAsync(CertificateUpload? upload, SettingErrors errors) => AnswerAsync(async () =>
    {
        if (upload is null) return new CertificateResult.Invalid(errors.All);
        var name = CertificateChecks.CheckName(upload.Name, errors);
        var content = ReadAuthority(upload, ImportPart, errors);
        return errors.Any || name is null || content is null
            ? new CertificateResult.Invalid(errors.All)
            : await ChangeAsync(new Add(name, CertificateUsage.Ca, content, Key: null), NoKeyHere);
    });

    /// <summary>Puts another certificate in the place of the one with this id; whoever uses it goes over to it.</summary>
    public Task<CertificateResult> RenewAsync(long id, CertificateUpload? upload, SettingErrors errors) => AnswerAsync(async () =>
    {
        if (await AskAsync(new Get(id)) is not Done { Certificate: var current }) return new CertificateResult.NotFound(id);
        if (upload is null) return new CertificateResult.Invalid(errors.All);
        var name = upload.Name is null ? null : CertificateChecks.CheckName(upload.Name, errors);
        CertificateContent? content;
        if (current.Usage == CertificateUsage.Ca) content = ReadAuthority(upload, SignedPart, errors);
        else
        {
            using var file = Read(upload, SignedPart, mayHoldKey: false, errors);
            content = file is null ? null : await FindSignedAsync(file, current, errors);
        }

        return errors.Any || content is null ? new CertificateResult.Invalid(errors.All) : await ChangeAsync(new Renew(id, name, content), NotItsKey);
    });

    public Task<CertificateResult> GetAsync(long id, CancellationToken cancellation) =>
        AnswerAsync(async () => Result(await AskAsync(new Get(id), cancellation)));

    /// <exception cref="AskTimeoutException">The certificates do not answer.</exception>
    public async Task<IReadOnlyList<CertificateView>> ListAsync(CancellationToken cancellation)
    {
        var found = new List<CertificateView>();
        while (true)
        {
            var page = (Page)await AskAsync(new List(found.Count == 0 ? 0 : found[^1].Id), cancellation);
            found.AddRange(page.Certificates);
            if (page.IsLast) return found;
        }
    }

    /// <summary>The integrations that use it, or are about to.</summary>
    /// <returns>null: there is no such certificate.</returns>
    /// <exception cref="AskTimeoutException">The certificates or the catalog do not answer.</exception>
    public async Task<IReadOnlyList<CatalogEntry>?> UsersAsync(long id, CancellationToken cancellation) =>
        await AskAsync(new Get(id), cancellation) is Done { Certificate: var certificate } ? await NamesAsync(certificate.Users, cancellation) : null;

    public Task<CertificateResult> DeleteAsync(long id) => AnswerAsync(async () =>
    {
        while (true)
        {
            var reply = await AskAsync(new Delete(id));
            if (reply is not InUse used) return Result(reply);
            // Those that are gone without a word are struck off the list meanwhile; then it is tried again.
            if (await NamesAsync(used.Users, default) is [_, ..] users) return new CertificateResult.InUse(id, users);
        }
    });

    private static async Task<CertificateResult> AnswerAsync(Func<Task<CertificateResult>> work)
    {
        try
        {
            return await work();
        }
        catch (AskTimeoutException)
        {
            return new CertificateResult.Unanswered();
        }
    }

    private static CertificateFile? Read(CertificateUpload upload, string path, bool mayHoldKey, SettingErrors errors)
    {
        if (upload.File is { } bytes) return CertificateFile.Read(bytes, path, mayHoldKey, errors);
        if (!errors.Has(path)) errors.Add(path, "is missing; the file with the certificate is needed");
        return null;
    }

    private CertificateContent? ReadAuthority(CertificateUpload upload, string path, SettingErrors errors)
    {
        using var file = Read(upload, path, mayHoldKey: false, errors);
        if (file is null || CertificateChecks.FindRoot(file, path, errors) is not { } root) return null;
        CertificateChecks.CheckValidity(root, path, time.GetUtcNow(), errors);
        return CertificateChecks.Content(root, file);
    }

    /// <summary>Of the file's certificates the one whose key is here, be it the first or not.</summary>
    private async Task<CertificateContent> FindSignedAsync(CertificateFile file, CertificateView? renewed, SettingErrors errors)
    {
        var keys = file.Certificates.Select(CertificateChecks.PublicKey).ToList();
        var found = ((KeyFound)await AskAsync(new FindKey(keys))).PublicKey;
        var certificate = found is null ? file.Certificates[0] : file.Certificates[keys.IndexOf(found)];
        if (found is null) errors.Add(SignedPart, renewed is null ? NoKeyHere : NotItsKey);
        CertificateChecks.CheckValidity(certificate, SignedPart, time.GetUtcNow(), errors);
        return CertificateChecks.Content(certificate, file);
    }

    private async Task<CertificateResult> ChangeAsync(ICommand change, string whenNoKey)
    {
        var reply = await AskAsync(change);
        return reply is NoKey ? new CertificateResult.Invalid([$"{SignedPart}: {whenNoKey}"]) : Result(reply);
    }

    private async Task<IReadOnlyList<CatalogEntry>> NamesAsync(IReadOnlyList<IntegrationId> users, CancellationToken cancellation)
    {
        var found = new List<CatalogEntry>();
        foreach (var user in users)
        {
            switch (await catalog.ActorRef.Ask<CatalogProtocol.ICatalogReply>(new CatalogProtocol.Find(user), AnswerTimeout, cancellation))
            {
                case CatalogProtocol.Found named:
                    found.Add(named.Entry);
                    break;
                case CatalogProtocol.Unknown:
                    // An integration leaves the catalog after its end, and comes to be after its entry: nobody is there who could use it.
                    await certificates.ActorRef.Ask<CertificateUse.UsesKept>(new CertificateUse.Uses(user, [], 0), AnswerTimeout, cancellation);
                    break;
            }
        }

        return found;
    }

    private static CertificateResult Result(IReply reply) => reply switch
    {
        Done done => new CertificateResult.Done(done.Certificate),
        Deleted deleted => new CertificateResult.Deleted(deleted.Id),
        Unknown unknown => new CertificateResult.NotFound(unknown.Id),
        Full full => new CertificateResult.Full(full.Limit),
        _ => throw new InvalidOperationException($"{reply.GetType()} is no answer to a request about certificates."),
    };

    private Task<IReply> AskAsync(ICommand command, CancellationToken cancellation = default) =>
        certificates.ActorRef.Ask<IReply>(command, AnswerTimeout, cancellation);
}
