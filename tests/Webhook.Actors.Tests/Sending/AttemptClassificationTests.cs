using System.Net.Sockets;
using System.Security.Authentication;
using Polly.Timeout;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public class AttemptClassificationTests
{
    public static TheoryData<int, int, AttemptOutcome, int[]> Statuses => new()
    {
        // from, to, what they mean, but for these
        { 100, 199, AttemptOutcome.Misconfigured, [] },
        { 200, 299, AttemptOutcome.Delivered, [] },
        { 300, 399, AttemptOutcome.Misconfigured, [] },
        { 400, 499, AttemptOutcome.Misconfigured, [400, 408, 410, 413, 422, 425, 429] },
        { 400, 400, AttemptOutcome.Refused, [] },
        { 408, 408, AttemptOutcome.ServerError, [] },
        { 410, 410, AttemptOutcome.Gone, [] },
        { 413, 413, AttemptOutcome.TooLarge, [] },
        { 422, 422, AttemptOutcome.Refused, [] },
        { 425, 425, AttemptOutcome.ServerError, [] },
        { 429, 429, AttemptOutcome.RateLimited, [] },
        { 500, 599, AttemptOutcome.ServerError, [501] },
        { 501, 501, AttemptOutcome.Misconfigured, [] },
        { 600, 999, AttemptOutcome.Misconfigured, [] },
    };

    public static TheoryData<Exception, AttemptOutcome?> Exceptions => new()
    {
        { new TimeoutRejectedException(), AttemptOutcome.TimedOut },
        { new CredentialsException("x"), AttemptOutcome.CredentialsUnusable },
        { new UnsendableHeaderException("x"), AttemptOutcome.Misconfigured },
        { new AddressForbiddenException("x"), AttemptOutcome.AddressForbidden },
        { new HttpRequestException("x", new AddressForbiddenException("x")), AttemptOutcome.AddressForbidden },
        { new HttpRequestException(HttpRequestError.NameResolutionError), AttemptOutcome.DnsFailed },
        { new SocketException((int)SocketError.HostNotFound), AttemptOutcome.DnsFailed },
        { new HttpRequestException("x", new SocketException((int)SocketError.HostNotFound)), AttemptOutcome.DnsFailed },
        { new HttpRequestException("x", new SocketException((int)SocketError.TryAgain)), AttemptOutcome.DnsFailed },
        { new HttpRequestException(HttpRequestError.SecureConnectionError), AttemptOutcome.TlsFailed },
        { new HttpRequestException("x", new AuthenticationException()), AttemptOutcome.TlsFailed },
        { new HttpRequestException(HttpRequestError.ConnectionError), AttemptOutcome.ConnectFailed },
        { new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused)), AttemptOutcome.ConnectFailed },
        { new HttpRequestException(HttpRequestError.ResponseEnded), AttemptOutcome.ConnectFailed },
        { new HttpRequestException(HttpRequestError.InvalidResponse), AttemptOutcome.ConnectFailed },
        { new HttpRequestException("x"), AttemptOutcome.ConnectFailed },
        { new IOException(), AttemptOutcome.ConnectFailed },
        { new SocketException((int)SocketError.ConnectionReset), AttemptOutcome.ConnectFailed },
        { new OperationCanceledException(), null },
        { new InvalidOperationException(), null },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void OfStatus_EveryStatus_IsClassified(int from, int to, AttemptOutcome expected, int[] except)
    {
        for (var status = from; status <= to; status++)
        {
            if (!except.Contains(status)) AttemptClassification.OfStatus(status).ShouldBe(expected, $"status {status}");
        }
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void OfException_EveryKind_IsClassified(Exception exception, AttemptOutcome? expected) =>
        AttemptClassification.OfException(exception).ShouldBe(expected);

    [Theory]
    [InlineData(302, "the receiver answered 302; redirects are not followed, use the final address as endpoint")]
    [InlineData(401, "the receiver answered 401; check the authentication and the secret")]
    [InlineData(404, "the receiver answered 404; check the endpoint's path")]
    [InlineData(405, "the receiver answered 405; the endpoint must take POST")]
    [InlineData(407, "the proxy answered 407; check Webhook:Egress:ProxyCredentials")]
    [InlineData(413, "the receiver answered 413; it does not take a body of this size")]
    [InlineData(503, "the receiver answered 503 (ServiceUnavailable)")]
    [InlineData(599, "the receiver answered 599")]
    public void Describe_Status_NamesTheWayOut(int status, string expected) => AttemptClassification.Describe(status).ShouldBe(expected);
}

public class OutcomeRuleTests
{
    [Fact]
    public void Of_EveryOutcome_HasItsOwnLine()
    {
        var rules = Enum.GetValues<AttemptOutcome>().Select(OutcomeRule.Of).ToList();

        rules.Select(rule => rule.Label).ShouldBeUnique();
        rules.Count(rule => rule.Next == NextStep.Done).ShouldBe(1);
        OutcomeRule.Of(AttemptOutcome.Delivered).Next.ShouldBe(NextStep.Done);
    }
}
