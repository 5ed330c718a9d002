using System.CommandLine;
using Webhook.Server.Client;

namespace Webhook.Server.Commands;

/// <summary><c>webhook cert</c>: client certificates, and the private authorities of receivers.</summary>
internal static class CertCommand
{
    public static Command Create() => new Command("cert", "The certificates of a running server: for receivers that ask for one, and for those with an authority of their own.")
    {
        Csr(), Add(), Import(), Authority(), List(), Show(), Services(), Renew(), Delete(),
    }.WithExamples(
        "webhook cert csr --subject CN=webhook.example.org,O=Example --out webhook.csr",
        "webhook cert add signed.pem --name edge",
        "webhook cert import client.pfx --name edge --password-file password.txt",
        "webhook cert list");

    private static Command Csr()
    {
        var subject = new Option<string?>("--subject") { HelpName = "DN", Description = "CN=webhook-actors by default." };
        var keyType = new Option<string?>("--key-type") { HelpName = "TYPE", Description = "EC_P256, RSA_2048, RSA_3072 or RSA_4096." };
        var file = new Option<string?>("--out") { HelpName = "FILE", Description = "Write it there instead of to standard output." };
        return new Command("csr", "A certificate signing request, PEM. Its private key is made in the server and never leaves it.") { subject, keyType, file }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).RequestAsync(
                parsed.GetValue(subject), parsed.GetValue(keyType), parsed.GetValue(file), cancellation))
            .WithExamples("webhook cert csr > webhook.csr", "webhook cert csr --subject CN=webhook.example.org,O=Example --key-type RSA_3072 --out webhook.csr");
    }

    private static Command Add()
    {
        var (file, name) = (Pem("The certificate that was signed from the request, PEM; intermediates may be in it."), Name());
        return new Command("add", "Adds the certificate that your authority signed from a request.") { file, name }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).AddAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(file), cancellation))
            .WithExamples("webhook cert add signed.pem --name edge");
    }

    private static Command Import()
    {
        var (file, name) = (Pem("PFX, or PEM with the key in it or beside it."), Name());
        var key = new Option<string?>("--key") { HelpName = "FILE", Description = "The private key, PEM, if it is not in the certificate's file." };
        var password = new Option<string?>("--password-file") { HelpName = "FILE", Description = "File that holds the password of the PFX or the key; - is standard input." };
        return new Command("import", "Imports a client certificate with its key.") { file, name, key, password }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).ImportAsync(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(file), parsed.GetValue(key),
                parsed.GetValue(password) is { } secret ? IntegrationSettingsOptions.ReadSecret(secret) : null, cancellation))
            .WithExamples("webhook cert import client.pfx --name edge --password-file password.txt", "webhook cert import client.pem --key client.key --name edge");
    }

    private static Command Authority()
    {
        var (file, name) = (Pem("Its self-signed root, PEM; intermediates may be in it."), Name());
        return new Command("ca", "Adds the private authority that the certificates of receivers come from.") { file, name }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).AddAuthorityAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(file), cancellation))
            .WithExamples("webhook cert ca ca.pem --name receivers-ca");
    }

    private static Command List() => new Command("list", "All of them, with their ends.")
        .OnServer(static (session, _, cancellation) => new CertificatesClient(session).ListAsync(cancellation))
        .WithExamples("webhook cert list");

    private static Command Show()
    {
        var certificate = Named();
        return new Command("show", "One of them.") { certificate }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).ShowAsync(parsed.GetRequiredValue(certificate), cancellation))
            .WithExamples("webhook cert show edge", "webhook cert show 2 --json");
    }

    private static Command Services()
    {
        var certificate = Named();
        return new Command("services", "The integrations that use it.") { certificate }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).ServicesAsync(parsed.GetRequiredValue(certificate), cancellation))
            .WithExamples("webhook cert services edge");
    }

    private static Command Renew()
    {
        var (certificate, file) = (Named(), Pem("The renewed certificate, PEM, for the same key or that of a new request."));
        return new Command("renew", "Puts a renewed certificate in its place; integrations go on with it.") { certificate, file }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).RenewAsync(parsed.GetRequiredValue(certificate), parsed.GetRequiredValue(file), cancellation))
            .WithExamples("webhook cert renew edge renewed.pem");
    }

    private static Command Delete()
    {
        var (certificate, yes) = (Named(), IntegrationsCommand.Yes());
        return new Command("delete", "Deletes a certificate that no integration uses, and its key.") { certificate, yes }
            .OnServer((session, parsed, cancellation) => new CertificatesClient(session).DeleteAsync(parsed.GetRequiredValue(certificate), parsed.GetValue(yes), cancellation))
            .WithExamples("webhook cert delete edge", "webhook cert delete 2 --yes");
    }

    private static Argument<string> Named() => new("certificate") { Description = "Its id or its name." };

    private static Argument<string> Pem(string description) => new("file") { Description = description };

    private static Option<string> Name() => new("--name") { HelpName = "NAME", Required = true, Description = "What it is called in lists." };
}
