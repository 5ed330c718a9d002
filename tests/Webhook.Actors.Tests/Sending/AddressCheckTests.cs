using System.Net;
using System.Net.Sockets;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Testing;

namespace Webhook.Actors.Tests.Sending;

/// <summary>The address guard where connections are opened: names that answer what they like, and what is really connected to.</summary>
public sealed class AddressCheckTests
{
    private const string Loopback = "127.0.0.1";
    private const string OtherLoopback = "127.0.0.2";

    [Theory]
    // What Uri makes of the spellings is an address, and takes the same way as a name.
    [InlineData("http://127.0.0.1/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://2130706433/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://0x7f.1/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://0x7f000001/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://017700000001/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://0177.0.0.1/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://127.1/", "127.0.0.1 is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("http://0/", "0.0.0.0 is in 0.0.0.0/32 (this host, RFC 1122)")]
    [InlineData("http://10.1.2.3/", "10.1.2.3 is in 10.0.0.0/8 (private use, RFC 1918)")]
    [InlineData("http://169.254.169.254/latest/meta-data", "169.254.169.254 is in 169.254.0.0/16 (link local, RFC 3927)")]
    [InlineData("https://[::1]/", "::1 is in ::1/128 (loopback, RFC 4291)")]
    [InlineData("https://[::]/", ":: is in ::/128 (unspecified address, RFC 4291)")]
    [InlineData("https://[fe80::1%251]/", "fe80::1 is in fe80::/10 (link local, RFC 4291)")]
    [InlineData("https://[fe80::1%25lo]/", "fe80::1 is in fe80::/10 (link local, RFC 4291)")]
    [InlineData("https://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1 holds 127.0.0.1 (IPv4-mapped, RFC 4291), which is in 127.0.0.0/8 (loopback, RFC 1122)")]
    [InlineData("https://[::ffff:7f00:1]/", "::ffff:127.0.0.1 holds 127.0.0.1 (IPv4-mapped, RFC 4291), which is in 127.0.0.0/8 (loopback, RFC 1122)")]
    public async Task An_address_as_endpoint_is_checked_like_a_name(string endpoint, string reason) =>
        (await AttemptAsync(new Uri(endpoint), "203.0.113.7/32", new SystemResolver())).Bare().ShouldBe(new AttemptResult(
            AttemptOutcome.AddressForbidden, Error: reason + ", which deliveries may not reach; allow it with Webhook:Egress:AllowedAddresses"));

    [Fact]
    public async Task Localhost_is_forbidden_by_its_address()
    {
        var result = await AttemptAsync(new Uri("http://localhost:9/"), "203.0.113.7/32", new SystemResolver());

        result.Outcome.ShouldBe(AttemptOutcome.AddressForbidden);
        result.Error.ShouldNotBeNull().ShouldContain("(loopback, RFC");
    }

    [Fact]
    public async Task A_name_that_turns_to_a_private_address_is_forbidden_on_the_next_connection()
    {
        await using var receiver = SocketReceiver.Start(AnswerAndCloseAsync);
        await using var inside = SocketReceiver.Start(AnswerAndCloseAsync, IPAddress.Parse(OtherLoopback), receiver.Port);
        var resolver = ScriptedResolver.Of(Loopback, OtherLoopback, Loopback);
        using var sender = Sender(Named(receiver), Loopback + "/32", resolver);

        var outcomes = new List<AttemptOutcome>();
        for (var i = 0; i < 3; i++) outcomes.Add((await Examples.AttemptAsync(sender)).Outcome);

        outcomes.ShouldBe([AttemptOutcome.Delivered, AttemptOutcome.AddressForbidden, AttemptOutcome.Delivered]);
        inside.Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task A_name_is_asked_once_a_connection_so_that_nothing_can_change_between_check_and_connection()
    {
        await using var receiver = SocketReceiver.Start(AnswerAndCloseAsync);
        await using var inside = SocketReceiver.Start(AnswerAndCloseAsync, IPAddress.Parse(OtherLoopback), receiver.Port);
        // A second question would be answered with the forbidden address.
        var resolver = ScriptedResolver.Of(Loopback, OtherLoopback);

        (await AttemptAsync(Named(receiver), Loopback + "/32", resolver)).Outcome.ShouldBe(AttemptOutcome.Delivered);

        resolver.Asked.ShouldBe(["hook.example.org"]);
        (receiver.Accepted, inside.Accepted).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Of_several_addresses_only_allowed_ones_are_connected_to()
    {
        await using var receiver = SocketReceiver.Start(AnswerAndCloseAsync);
        await using var inside = SocketReceiver.Start(AnswerAndCloseAsync, IPAddress.Parse(OtherLoopback), receiver.Port);

        var result = await AttemptAsync(Named(receiver), Loopback + "/32", ScriptedResolver.Of($"{OtherLoopback},10.1.2.3,{Loopback}"));

        result.Outcome.ShouldBe(AttemptOutcome.Delivered);
        (receiver.Accepted, inside.Accepted).ShouldBe((1, 0));
        var stages = result.Detail!.Stages;
        stages[0].Detail.ShouldBe("127.0.0.2, 10.1.2.3, 127.0.0.1");
        stages[1].Detail.ShouldBe("127.0.0.1; left out: 127.0.0.2 is in 127.0.0.0/8 (loopback, RFC 1122), 10.1.2.3 is in 10.0.0.0/8 (private use, RFC 1918)");
        stages[2].Detail.ShouldBe($"[::ffff:127.0.0.1]:{receiver.Port}");
    }

    [Fact]
    public async Task An_allowed_address_that_does_not_answer_opens_no_way_to_a_forbidden_one()
    {
        await using var inside = SocketReceiver.Start(AnswerAndCloseAsync, IPAddress.Parse(OtherLoopback));

        // Nobody listens there on this port.
        var result = await AttemptAsync(Named(inside), Loopback + "/32", ScriptedResolver.Of($"{Loopback},{OtherLoopback}"));

        result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        inside.Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task Many_forbidden_addresses_make_a_short_message()
    {
        var many = string.Join(',', Enumerable.Range(0, 5000).Select(static i => $"10.0.{i / 256}.{i % 256}"));

        var result = await AttemptAsync(new Uri("http://hook.example.org/"), Loopback + "/32", ScriptedResolver.Of(many));

        result.Outcome.ShouldBe(AttemptOutcome.AddressForbidden);
        result.Error.ShouldBe("10.0.0.0 is in 10.0.0.0/8 (private use, RFC 1918), 10.0.0.1 is in 10.0.0.0/8 (private use, RFC 1918), 10.0.0.2 is in 10.0.0.0/8 (private use, RFC 1918), "
            + "10.0.0.3 is in 10.0.0.0/8 (private use, RFC 1918) and 4996 more, which deliveries may not reach; allow it with Webhook:Egress:AllowedAddresses");
    }

    [Fact]
    public async Task A_name_that_flaps_between_nothing_and_an_address_is_a_failure_to_resolve_and_then_delivers()
    {
        await using var receiver = SocketReceiver.Start(AnswerAndCloseAsync);
        var resolver = new ScriptedResolver(
            ScriptedResolver.Answer(""),
            static () => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain)),
            static () => throw new SocketException((int)SocketError.HostNotFound),
            ScriptedResolver.Answer(Loopback));
        using var sender = Sender(Named(receiver), Loopback + "/32", resolver);

        var outcomes = new List<AttemptOutcome>();
        for (var i = 0; i < 4; i++) outcomes.Add((await Examples.AttemptAsync(sender)).Outcome);

        outcomes.ShouldBe([AttemptOutcome.DnsFailed, AttemptOutcome.DnsFailed, AttemptOutcome.DnsFailed, AttemptOutcome.Delivered]);
    }

    [Fact]
    public async Task A_resolver_that_hangs_costs_the_attempts_time_and_holds_no_connection_afterwards()
    {
        await using var receiver = SocketReceiver.Start(AnswerAndCloseAsync);
        var time = new WatchedTime();
        // It also does not listen to being cancelled, as the system's does not.
        var resolver = new ScriptedResolver(static () => new TaskCompletionSource<IPAddress[]>().Task, ScriptedResolver.Answer(Loopback));
        var settings = Examples.Settings(Named(receiver)) with { Delivery = new DeliverySettings { MaxConcurrency = 1 } };
        using var sender = new AttemptSender(settings, Examples.Services(time, egress: Examples.Egress(Loopback + "/32"), resolver: resolver), connections: 1);

        var hanging = Examples.AttemptAsync(sender);
        (await time.PassNextAsync()).ShouldBe(TimeSpan.FromSeconds(15));
        (await hanging).Bare().ShouldBe(new AttemptResult(AttemptOutcome.TimedOut, Error: "no answer within 15 s"));

        // The one connection that the window allows was never made; the runtime gives its place back after 5 s.
        (await Examples.AttemptAsync(sender).WaitAsync(TimeSpan.FromSeconds(30))).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task Test_and_delivery_are_refused_alike()
    {
        await using var receiver = await Receiver.StartAsync();
        var settings = Examples.Settings(receiver.Url);
        var services = Examples.Services(egress: Examples.Egress("203.0.113.7/32"));
        using var sender = new AttemptSender(settings, services, connections: 1);

        var delivery = await Examples.AttemptAsync(sender);
        var test = await EndpointTest.RunAsync(Examples.Lane, settings, services, static _ => { }, CancellationToken.None);

        delivery.Outcome.ShouldBe(AttemptOutcome.AddressForbidden);
        (test.Succeeded, test.Error).ShouldBe((false, delivery.Error));
        test.Stages.Select(static s => (s.Name, s.Succeeded, s.Detail)).ShouldBe([("resolve", true, "127.0.0.1"), ("address", false, delivery.Error)]);
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Connections_leave_from_the_local_address()
    {
        var from = new TaskCompletionSource<EndPoint?>();
        await using var receiver = SocketReceiver.Start((connection, cancellation) =>
        {
            from.TrySetResult(connection.Socket.RemoteEndPoint);
            return AnswerAndCloseAsync(connection, cancellation);
        });

        (await AttemptAsync(receiver.Url, Examples.Egress() with { LocalAddress = IPAddress.Parse("127.0.0.3") })).Outcome.ShouldBe(AttemptOutcome.Delivered);

        ((IPEndPoint?)await from.Task)!.Address.ShouldBe(IPAddress.Parse("127.0.0.3"));
    }

    [Theory]
    // Not an address of this machine; not of the receiver's family.
    [InlineData("192.0.2.1", "connections cannot leave from 192.0.2.1 (Webhook:Egress:LocalAddress): ")]
    [InlineData("::1", "127.0.0.1 has no address that can be reached from ::1 (Webhook:Egress:LocalAddress); the two differ in IPv4 and IPv6")]
    public async Task A_local_address_that_cannot_be_used_is_named(string local, string error)
    {
        var result = await AttemptAsync(new Uri("http://127.0.0.1:9/"), Examples.Egress() with { LocalAddress = IPAddress.Parse(local) });

        result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        result.Error.ShouldNotBeNull().ShouldStartWith(error);
    }

    private static async Task AnswerAndCloseAsync(NetworkStream connection, CancellationToken cancellation)
    {
        await SocketReceiver.ReadRequestAsync(connection, cancellation);
        await SocketReceiver.WriteAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellation);
    }

    private static Uri Named(SocketReceiver receiver) => new($"http://hook.example.org:{receiver.Port}/hook");

    private static AttemptSender Sender(Uri endpoint, string allowed, IHostResolver resolver)
    {
        var settings = Examples.Settings(endpoint);
        return new AttemptSender(settings, Examples.Services(egress: Examples.Egress(allowed), resolver: resolver), connections: 1);
    }

    private static async Task<AttemptResult> AttemptAsync(Uri endpoint, string allowed, IHostResolver resolver)
    {
        using var sender = Sender(endpoint, allowed, resolver);
        return await Examples.AttemptAsync(sender);
    }

    private static Task<AttemptResult> AttemptAsync(Uri endpoint, EgressRules egress) =>
        Examples.AttemptAsync(Examples.Settings(endpoint), Examples.Services(egress: egress));
}
