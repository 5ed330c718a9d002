using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Sending;

/// <summary>Mutual TLS and private authorities against a real Kestrel that demands and verifies what it is shown.</summary>
public sealed class CertificateDeliveryTests : IDisposable
{
    private readonly TestAuthority _root = new("root");
    private readonly HeldCertificates _certificates = new();
    private readonly ReversingProtector _protector = new();
    private readonly List<AttemptResult> _failures = [];
    private readonly List<string> _shown = [];
    private readonly CancellationTokenSource _noRetries = new();
    private DeliveryGate? _gate;

    public void Dispose()
    {
        _gate?.Dispose();
        _root.Dispose();
        _noRetries.Dispose();
    }

    [Theory]
    [InlineData("EC")]
    [InlineData("RSA")]
    public async Task SendAsync_CertificateDemanded_IsShownWithItsChain(string key)
    {
        using var intermediate = new TestAuthority("intermediate", _root);
        using var client = intermediate.IssueClient("forwarder", key == "RSA" ? RSA.Create(2048) : null);
        await using var receiver = await DemandingReceiverAsync();
        Hold(1, client, intermediate.Pem);
        using var delivery = Delivery(Settings(receiver));

        (await SendAsync(delivery)).ShouldBe(new DeliveryEnd(true, 1));

        _shown.ShouldBe(["CN=forwarder"]);
    }

    [Fact]
    public async Task SendAsync_ChainNotGiven_IsTlsFailed()
    {
        using var intermediate = new TestAuthority("intermediate", _root);
        using var client = intermediate.IssueClient("forwarder");
        await using var receiver = await DemandingReceiverAsync();
        Hold(1, client);
        await ShouldFailAsync(Settings(receiver), AttemptOutcome.TlsFailed);

        receiver.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(4_000_000)]
    public async Task SendAsync_CertificateOfAnotherAuthority_IsTlsFailed(int bytes)
    {
        using var other = new TestAuthority("other");
        using var client = other.IssueClient("forwarder");
        await using var receiver = await DemandingReceiverAsync();
        Hold(1, client);

        (await ShouldFailAsync(Settings(receiver), AttemptOutcome.TlsFailed, bytes)).Error.ShouldBe(
            "the TLS handshake failed: the receiver asked for a client certificate and ended the connection; it misses one, or refuses ours");

        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAsync_NoCertificateWhereOneIsDemanded_IsTlsFailed()
    {
        await using var receiver = await DemandingReceiverAsync();

        await ShouldFailAsync(Settings(receiver) with { Authentication = Authentication.None, CertificateId = null }, AttemptOutcome.TlsFailed);

        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAsync_CertificateIsNotThere_IsCredentialsUnusable()
    {
        await using var receiver = await DemandingReceiverAsync();

        (await ShouldFailAsync(Settings(receiver), AttemptOutcome.CredentialsUnusable)).Error.ShouldBe("There is no certificate 1; give the integration another.");
    }

    [Fact]
    public async Task SendAsync_KeyRingLostItsKey_IsCredentialsUnusable()
    {
        using var client = _root.IssueClient("forwarder");
        await using var receiver = await DemandingReceiverAsync();
        _certificates.Put(new CertificateMaterial(1, 1, client.ExportCertificatePem(), "", new StoredSecret("lost")));

        (await ShouldFailAsync(Settings(receiver), AttemptOutcome.CredentialsUnusable)).Error.ShouldBe("Certificate 1 or its key cannot be read; upload it again.");
    }

    [Fact]
    public async Task SendAsync_ReceiverOfAPrivateAuthority_NeedsExactlyThatAuthority()
    {
        using var other = new TestAuthority("root");
        await using var receiver = await Receiver.StartAsync(listen: listen => listen.UseHttps(_root.IssueServer()));
        _certificates.Put(new CertificateMaterial(1, 1, _root.Pem, "", null));
        _certificates.Put(new CertificateMaterial(2, 1, other.Pem, "", null));
        var settings = Examples.Settings(receiver.Url);

        await ShouldFailAsync(settings, AttemptOutcome.TlsFailed);
        await ShouldFailAsync(settings with { CaCertificateId = 2 }, AttemptOutcome.TlsFailed);
        receiver.Requests.ShouldBeEmpty();
        using var delivery = Delivery(settings with { CaCertificateId = 1 });
        (await SendAsync(delivery)).ShouldBe(new DeliveryEnd(true, 1));
    }

    [Fact]
    public async Task SendAsync_ReceiverBelowAnIntermediateThatItDoesNotShow_PassesWithTheAuthoritysChain()
    {
        using var intermediate = new TestAuthority("intermediate", _root);
        await using var receiver = await Receiver.StartAsync(listen: listen => listen.UseHttps(intermediate.IssueServer()));
        _certificates.Put(new CertificateMaterial(1, 1, _root.Pem, intermediate.Pem, null));
        using var delivery = Delivery(Examples.Settings(receiver.Url) with { CaCertificateId = 1 });

        (await SendAsync(delivery)).ShouldBe(new DeliveryEnd(true, 1));
    }

    [Fact]
    public async Task SendAsync_PrivateAuthority_TheHostNameIsVerifiedAllTheSame()
    {
        await using var receiver = await Receiver.StartAsync(listen: listen => listen.UseHttps(_root.IssueServer("elsewhere.example", forLoopback: false)));
        _certificates.Put(new CertificateMaterial(1, 1, _root.Pem, "", null));

        (await ShouldFailAsync(Examples.Settings(receiver.Url) with { CaCertificateId = 1 }, AttemptOutcome.TlsFailed)).Error!.ShouldContain("RemoteCertificateNameMismatch");
    }

    [Fact]
    public async Task SendAsync_RenewedUnderLoad_LosesNothingAndGoesOverToTheNewOne()
    {
        using var old = _root.IssueClient("old");
        using var fresh = _root.IssueClient("new");
        await using var receiver = await DemandingReceiverAsync();
        Hold(1, old);
        var settings = Settings(receiver) with { Delivery = new DeliverySettings { MaxBatchDelayMs = 0, MaxConcurrency = 8 } };
        using var delivery = Delivery(settings);
        var gate = new SemaphoreSlim(0);
        receiver.Respond = (_, context) => gate.WaitAsync(context.RequestAborted);

        // In flight on the old connections while the renewal comes.
        var before = Enumerable.Range(0, 4).Select(i => SendAsync(delivery, Examples.Batch(first: i))).ToList();
        await receiver.WaitForAsync(4);
        Hold(1, fresh, version: 2);
        var after = Enumerable.Range(4, 4).Select(i => SendAsync(delivery, Examples.Batch(first: i))).ToList();
        await receiver.WaitForAsync(8);
        gate.Release(8);

        (await Task.WhenAll([.. before, .. after])).ShouldAllBe(sent => sent.IsFinished && sent.Attempts == 1);
        _failures.ShouldBeEmpty();
        _shown.ShouldBe([.. Enumerable.Repeat("CN=old", 4), .. Enumerable.Repeat("CN=new", 4)]);
    }

    [Fact]
    public async Task SendAsync_NothingRenewed_KeepsItsConnection()
    {
        using var client = _root.IssueClient("forwarder");
        await using var receiver = await DemandingReceiverAsync();
        Hold(1, client);
        using var delivery = Delivery(Settings(receiver));

        for (var i = 0; i < 3; i++) (await SendAsync(delivery)).ShouldBe(new DeliveryEnd(true, 1));

        _shown.Count.ShouldBe(1, "one handshake");
        _protector.Opened.ShouldBe(1);
    }

    private async Task<Receiver> DemandingReceiverAsync()
    {
        var server = _root.IssueServer();
        _certificates.Put(new CertificateMaterial(100, 1, _root.Pem, "", null));
        return await Receiver.StartAsync(listen: listen => _root.DemandClientCertificate(listen, server, shown =>
        {
            lock (_shown) _shown.Add(shown.Subject);
        }));
    }

    private void Hold(long id, X509Certificate2 certificate, string chain = "", int version = 1)
    {
        var key = certificate.GetRSAPrivateKey()?.ExportPkcs8PrivateKeyPem() ?? certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        _certificates.Put(new CertificateMaterial(id, version, certificate.ExportCertificatePem(), chain, _protector.Protect(key)));
    }

    private static IntegrationSettings Settings(Receiver receiver) =>
        Examples.Settings(receiver.Url) with { Authentication = Authentication.Certificate, CertificateId = 1, CaCertificateId = 100, Delivery = new DeliverySettings { MaxConcurrency = 16 } };

    private async Task<AttemptResult> ShouldFailAsync(IntegrationSettings settings, AttemptOutcome outcome, int bytes = 4)
    {
        _failures.Clear();
        await _noRetries.CancelAsync();
        using var delivery = Delivery(settings);
        (await SendAsync(delivery, Examples.Batch($"[{{}}{new string(' ', bytes)}]"))).ShouldBe(new DeliveryEnd(false, 1));
        _failures.Single().Outcome.ShouldBe(outcome, _failures.Single().Error);
        return _failures.Single();
    }

    private BatchDelivery Delivery(IntegrationSettings settings)
    {
        var services = Examples.Services(secrets: _protector, certificates: _certificates);
        var window = SendWindow.For(settings.Delivery, TimeProvider.System);
        _gate?.Dispose();
        _gate = new DeliveryGate(window, services.Limits, TimeProvider.System);
        return new(settings, services, new NotingLedger(), _gate, window.Maximum, static () => 0);
    }

    private Task<DeliveryEnd> SendAsync(BatchDelivery delivery, Batch? batch = null) => delivery.SendAsync(batch ?? Examples.Batch(), ValueTask.CompletedTask, failure =>
    {
        lock (_failures) _failures.Add(failure.Result);
    }, _noRetries.Token, CancellationToken.None);
}
