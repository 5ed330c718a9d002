using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Sending;

public sealed class ProxyTests
{
    private const string Public = "93.184.216.34";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private readonly ConcurrentQueue<string> _heads = new();

    [Fact]
    public async Task The_receiver_is_checked_before_the_proxy_is_asked_and_the_proxys_own_address_is_exempt()
    {
        await using var proxy = Proxy(_ => Ok);
        var resolver = ScriptedResolver.Of(Public);

        (await AttemptAsync("http://hook.example.org/a?b=c", Rules(proxy), resolver)).Outcome.ShouldBe(AttemptOutcome.Delivered);

        _heads.Single().ShouldStartWith("POST http://hook.example.org/a?b=c HTTP/1.1\r\nHost: hook.example.org\r\n");
        resolver.Asked.ShouldBe(["hook.example.org"]);
    }

    [Fact]
    public async Task A_receiver_with_a_forbidden_address_is_not_asked_for_also_on_a_connection_that_is_there()
    {
        await using var proxy = Proxy(_ => Ok);
        var settings = Examples.Settings(new Uri("http://hook.example.org/"));
        using var sender = new AttemptSender(
            settings, Examples.Services(egress: Rules(proxy), resolver: ScriptedResolver.Of(Public, "10.1.2.3", Public)), connections: 1);

        var results = new List<AttemptResult>();
        for (var i = 0; i < 3; i++) results.Add(await Examples.AttemptAsync(sender));

        results.Select(static r => r.Outcome).ShouldBe([AttemptOutcome.Delivered, AttemptOutcome.AddressForbidden, AttemptOutcome.Delivered]);
        results[1].Error.ShouldBe("10.1.2.3 is in 10.0.0.0/8 (private use, RFC 1918), which deliveries may not reach; allow it with Webhook:Egress:AllowedAddresses");
        (_heads.Count, proxy.Accepted).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_receiver_that_does_not_resolve_here_is_not_asked_for()
    {
        await using var proxy = Proxy(_ => Ok);

        (await AttemptAsync("http://hook.example.org/", Rules(proxy), ScriptedResolver.Of(""))).Outcome.ShouldBe(AttemptOutcome.DnsFailed);

        proxy.Accepted.ShouldBe(0);
    }

    [Theory]
    [InlineData("hook.example.org", "hook.example.org", true)]
    [InlineData("hook.example.org", "HOOK.example.ORG.", true)]
    [InlineData("hook.example.org", "a.hook.example.org", false)]
    [InlineData(".internal", "a.internal", true)]
    [InlineData(".internal", "a.b.INTERNAL", true)]
    [InlineData(".internal", "internal", false)]
    [InlineData(".internal", "evilinternal", false)]
    [InlineData(".internal", "a.internal.example.org", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    public void IsFor_Exception_GoesDirect(string exception, string host, bool isDirect) =>
        new EgressProxy(new Uri("http://proxy:3128"), null, [exception]).IsFor(new Uri($"https://{host}/")).ShouldBe(!isDirect);

    [Fact]
    public async Task An_exception_is_connected_to_directly_and_checked_as_ever()
    {
        await using var proxy = Proxy(_ => Ok);
        await using var receiver = await Receiver.StartAsync();
        var endpoint = $"http://hook.internal:{receiver.Url.Port}/";

        var forbidden = await AttemptAsync(endpoint, Rules(proxy, exceptions: ".internal"), ScriptedResolver.Of("127.0.0.1"));
        var allowed = await AttemptAsync(endpoint, Rules(proxy, exceptions: ".internal", allowed: "127.0.0.1/32"), ScriptedResolver.Of("127.0.0.1"));

        (forbidden.Outcome, allowed.Outcome).ShouldBe((AttemptOutcome.AddressForbidden, AttemptOutcome.Delivered));
        (proxy.Accepted, receiver.Requests.Count).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Credentials_are_given_to_a_proxy_that_asks_for_them()
    {
        await using var proxy = Proxy(static head => head.Contains("\r\nProxy-Authorization: Basic dXNlcjpzM2NyM3Q=\r\n", StringComparison.Ordinal)
            ? Ok
            : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");

        (await AttemptAsync("http://hook.example.org/", Rules(proxy, "user:s3cr3t"), ScriptedResolver.Of(Public))).Outcome.ShouldBe(AttemptOutcome.Delivered);
        var wrong = await AttemptAsync("http://hook.example.org/", Rules(proxy, "user:wr0ng-one"), ScriptedResolver.Of(Public));

        wrong.Outcome.ShouldBe(AttemptOutcome.Misconfigured);
        wrong.Error.ShouldBe("the proxy answered 407; check Webhook:Egress:ProxyCredentials");
    }

    [Fact]
    public async Task Https_goes_through_a_tunnel_and_a_test_tells_every_stage()
    {
        await using var receiver = await Receiver.StartAsync(listen: static listen => listen.UseHttps(TestCertificate.Create()));
        await using var proxy = SocketReceiver.Start((connection, cancellation) => TunnelAsync(connection, receiver.Url.Port, cancellation));
        var services = Examples.Services(egress: Rules(proxy), resolver: ScriptedResolver.Of(Public));

        var report = await EndpointTest.RunAsync(
            Examples.Lane, Examples.Settings(new Uri("https://hook.example.org/")) with { IsInsecure = true }, services, static _ => { }, CancellationToken.None);

        report.Succeeded.ShouldBeTrue(report.Error);
        report.Stages.Select(static s => s.Name).ShouldBe(["resolve", "address", "request", "status"], "the tunnel is opened by a request of the runtime's own, which nobody follows");
        report.Stages[1].Detail.ShouldBe(Public);
        _heads.Single().ShouldStartWith("CONNECT hook.example.org:443 HTTP/1.1\r\n");
        receiver.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_tunnel_that_is_refused_says_so()
    {
        await using var proxy = Proxy(static _ => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");

        var result = await AttemptAsync("https://hook.example.org/", Rules(proxy, "user:s3cr3t"), ScriptedResolver.Of(Public));

        result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        result.Error.ShouldNotBeNull().ShouldContain("403");
        result.Error.ShouldNotContain("s3cr3t");
    }

    [Fact]
    public async Task An_insecure_integration_does_not_make_the_proxy_insecure()
    {
        await using var proxy = await Receiver.StartAsync(listen: static listen => listen.UseHttps(TestCertificate.Create()));
        var options = new EgressOptions { Proxy = $"https://127.0.0.1:{proxy.Url.Port}" };

        var result = await Examples.AttemptAsync(
            Examples.Settings(new Uri("http://hook.example.org/")) with { IsInsecure = true },
            Examples.Services(egress: EgressRules.Of(options), resolver: ScriptedResolver.Of(Public)));

        result.Outcome.ShouldBe(AttemptOutcome.TlsFailed);
        proxy.Requests.ShouldBeEmpty();
    }

    private static EgressRules Rules(SocketReceiver proxy, string? credentials = null, string? exceptions = null, string? allowed = null)
    {
        var options = new EgressOptions { Proxy = $"http://127.0.0.1:{proxy.Port}", ProxyCredentials = credentials };
        if (exceptions is not null) options.ProxyExceptions.Add(exceptions);
        if (allowed is not null) options.AllowedAddresses.Add(allowed);
        return EgressRules.Of(options);
    }

    private static Task<AttemptResult> AttemptAsync(string endpoint, EgressRules egress, IHostResolver resolver) =>
        Examples.AttemptAsync(Examples.Settings(new Uri(endpoint)), Examples.Services(egress: egress, resolver: resolver));

    private SocketReceiver Proxy(Func<string, string> answer) => SocketReceiver.Start(async (connection, cancellation) =>
    {
        while (await SocketReceiver.ReadRequestAsync(connection, cancellation) is { Length: > 0 } head)
        {
            _heads.Enqueue(head);
            await SocketReceiver.WriteAsync(connection, answer(head), cancellation);
        }
    });

    private async Task TunnelAsync(NetworkStream connection, int port, CancellationToken cancellation)
    {
        _heads.Enqueue(await SocketReceiver.ReadRequestAsync(connection, cancellation));
        using var receiver = new TcpClient();
        await receiver.ConnectAsync("127.0.0.1", port, cancellation);
        await SocketReceiver.WriteAsync(connection, "HTTP/1.1 200 OK\r\n\r\n", cancellation);
        await Task.WhenAny(connection.CopyToAsync(receiver.GetStream(), cancellation), receiver.GetStream().CopyToAsync(connection, cancellation));
    }
}
