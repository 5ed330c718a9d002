using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Tests.Integrations;
using static Webhook.Actors.Certificates.CertificateProtocol;

namespace Webhook.Actors.Tests.Certificates;

/// <summary>What a node's senders get, with a probe for the singleton.</summary>
public class CertificateSourceSpecs : TestKit
{
    private static readonly CertificateMaterial First = new(1, 1, "pem", "", CertificateExample.Key);
    private static readonly CertificateMaterial Second = First with { Version = 2 };

    private readonly FakeTimeProvider _time = new(Example.Now);
    private readonly TestProbe _singleton;
    private readonly CertificateSource _source;

    public CertificateSourceSpecs()
    {
        _singleton = CreateTestProbe();
        _source = new CertificateSource(new Required(_singleton.Ref), _time);
    }

    [Fact]
    public async Task An_answer_counts_for_a_while_and_a_renewal_is_noticed_then()
    {
        (await AnsweredAsync(knownVersion: 0, new Opened(First))).ShouldBe(First);
        (await _source.GetAsync(1, default)).ShouldBe(First);
        _singleton.HasMessages.ShouldBeFalse();

        _time.Advance(CertificateSource.Fresh);
        (await AnsweredAsync(knownVersion: 1, new Unchanged(1))).ShouldBe(First);
        _time.Advance(CertificateSource.Fresh);
        (await AnsweredAsync(knownVersion: 1, new Opened(Second))).ShouldBe(Second);
        (await _source.GetAsync(1, default)).ShouldBe(Second);
    }

    [Fact]
    public async Task One_that_is_gone_says_so_also_when_it_was_known()
    {
        await AnsweredAsync(knownVersion: 0, new Opened(First));
        _time.Advance(CertificateSource.Fresh);

        (await Should.ThrowAsync<CredentialsException>(AnsweredAsync(knownVersion: 1, new Unknown(1))))
            .Message.ShouldBe("There is no certificate 1; give the integration another.");
        (await AnsweredAsync(knownVersion: 0, new Opened(Second))).ShouldBe(Second);
    }

    [Fact]
    public async Task Silence_is_bridged_by_what_is_known_and_said_where_nothing_is()
    {
        await AnsweredAsync(knownVersion: 0, new Opened(First));
        _time.Advance(CertificateSource.Fresh);

        // An Ask's time runs on the machine's clock: both at once.
        var (bridged, unknown) = (_source.GetAsync(1, default).AsTask(), _source.GetAsync(2, default).AsTask());

        (await bridged).ShouldBe(First);
        (await Should.ThrowAsync<CredentialsException>(unknown)).Message.ShouldBe("Certificate 2 could not be read: the certificates do not answer within 5 s.");
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_let_go()
    {
        using var gone = new CancellationTokenSource();
        var waiting = _source.GetAsync(1, gone.Token).AsTask();
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    private async Task<CertificateMaterial> AnsweredAsync(int knownVersion, IReply reply)
    {
        var asked = _source.GetAsync(1, default).AsTask();
        (await _singleton.ExpectMsgAsync<Open>()).ShouldBe(new Open(1, knownVersion));
        _singleton.Reply(reply);
        return await asked;
    }

    private sealed class Required(IActorRef actor) : IRequiredActor<CertificatesProxy>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
