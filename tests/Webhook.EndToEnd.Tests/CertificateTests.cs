using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>Mutual TLS as an operator sets it up: the real program, and a receiver with an authority of its own that demands a certificate and verifies it.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new("the receiver's operator");
    private readonly TemporaryFolder _data = new();

    // By number of the request: the serial number of the certificate that was shown with it.
    private readonly ConcurrentDictionary<int, string> _shownWith = new();

    public void Dispose()
    {
        _authority.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task A_CSR_becomes_a_certificate_and_events_arrive_with_it_also_after_a_restart()
    {
        await using var receiver = await DemandingReceiverAsync();
        var oracle = new Oracle();
        string serial;
        await using (var webhook = await WebhookProcess.ServeAsync(_data.Path))
        {
            var signed = _authority.Sign(await webhook.RequestCsrAsync());
            serial = SerialOf(signed);
            var id = await webhook.UploadAsync(HttpMethod.Post, "/certificates", ("name", "edge"), ("certificateFileName", signed));
            var ca = await webhook.UploadAsync(HttpMethod.Post, "/certificates/ca", ("name", "receiver"), ("file", _authority.Pem));
            await webhook.CreateAsync(Settings("mutual", receiver, id, ca));

            (await webhook.SendAsync(oracle, 50)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
            (await webhook.CallAsync(HttpMethod.Get, $"{CertificateCalls.Path}/certificates/{id}/services")).ToJsonString().ShouldBe("""{"data":[{"id":1,"name":"mutual"}]}""");
            using var refused = await webhook.Admin.DeleteAsync($"{CertificateCalls.Path}/certificates/{id}");
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await webhook.TerminateAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(0);
        }

        await using (var webhook = await WebhookProcess.ServeAsync(_data.Path))
        {
            (await webhook.SendAsync(oracle, 50)).ShouldBeTrue();
            await receiver.WaitAsync(oracle.AllArrived);
        }

        oracle.Judge(receiver.Requests).ShouldBe(0);
        _shownWith.Values.Distinct().ShouldBe([serial]);
        (await File.ReadAllTextAsync(Path.Combine(_data.Path, "journal.db"), Encoding.Latin1)).Contains("PRIVATE KEY", StringComparison.Ordinal).ShouldBeFalse();
    }

    [Fact]
    public async Task A_renewal_under_load_loses_nothing_and_ends_the_warning()
    {
        await using var receiver = await DemandingReceiverAsync();
        await using var webhook = await WebhookProcess.ServeAsync(_data.Path);
        var csr = await webhook.RequestCsrAsync();
        var (ending, renewed) = (_authority.Sign(csr, lifetime: TimeSpan.FromHours(12)), _authority.Sign(csr));
        var id = await webhook.UploadAsync(HttpMethod.Post, "/certificates", ("name", "edge"), ("certificateFileName", ending));
        var ca = await webhook.UploadAsync(HttpMethod.Post, "/certificates/ca", ("name", "receiver"), ("file", _authority.Pem));
        await webhook.CreateAsync(Settings("mutual", receiver, id, ca));
        var degraded = await HealthAsync(webhook);
        ((string)degraded["status"]!).ShouldBe("Degraded");
        ((string)degraded["reasons"]![0]!).ShouldStartWith("certificates: Certificate 1 'edge' is in use and ends at ");
        (await webhook.Admin.GetStringAsync("/metrics")).ShouldContain("webhook_certificate_expiry_seconds{certificate=\"1\",usage=\"CLIENT\"} 4");
        webhook.Log.ShouldContain(line => line.Contains("expires at", StringComparison.Ordinal) && line.Contains("edge", StringComparison.Ordinal));

        var oracle = new Oracle();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        for (var sent = 0; !_shownWith.Values.Contains(SerialOf(renewed)); sent++)
        {
            deadline.Token.IsCancellationRequested.ShouldBeFalse("the renewed certificate was never shown");
            (await webhook.SendAsync(oracle, 20, cancellation: deadline.Token)).ShouldBeTrue();
            if (sent == 20) await webhook.UploadAsync(HttpMethod.Put, $"/certificates/{id}", ("certificateFileName", renewed));
        }

        (await webhook.SendAsync(oracle, 20)).ShouldBeTrue();
        await receiver.WaitAsync(oracle.AllArrived);
        oracle.Judge(receiver.Requests).ShouldBe(0);
        var shown = receiver.Requests.OrderBy(r => r.Number).Select(r => _shownWith[r.Number]).ToList();
        shown[0].ShouldBe(SerialOf(ending));
        shown[^1].ShouldBe(SerialOf(renewed));
        (await HealthAsync(webhook)).ToJsonString().ShouldBe("""{"status":"Healthy","reasons":[]}""");
    }

    private static string SerialOf(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.SerialNumber;
    }

    private static JsonObject Settings(string name, Receiver receiver, long certificate, long authority) => IntegrationCalls.Settings(
        name, receiver.Url, connectionInfo: new JsonObject { ["auth"] = "CERTIFICATE", ["certificateId"] = certificate, ["caCertificateId"] = authority });

    private static async Task<JsonNode> HealthAsync(WebhookProcess webhook)
    {
        using var response = await webhook.Admin.GetAsync("/health/ready");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private Task<Receiver> DemandingReceiverAsync()
    {
        var server = _authority.IssueServer();
        return Receiver.StartAsync(
            (request, context) =>
            {
                _shownWith[request.Number] = context.Connection.ClientCertificate!.SerialNumber;
                return Task.CompletedTask;
            },
            listen: listen => _authority.DemandClientCertificate(listen, server));
    }
}
