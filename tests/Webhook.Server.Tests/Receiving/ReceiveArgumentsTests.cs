using Webhook.Server.Receiving;

namespace Webhook.Server.Tests.Receiving;

public sealed class ReceiveArgumentsTests
{
    [Fact]
    public void Read_Nothing_ListensOnLoopbackAndDoesNothingWrong()
    {
        var errors = new List<string>();
        var settings = new ReceiveArguments().Read(errors);
        errors.ShouldBeEmpty();
        settings.Urls.ShouldBe("http://127.0.0.1:9000");
        settings.Faults.ShouldBe(new FaultOptions { Fail = settings.Faults.Fail, RefuseEvents = settings.Faults.RefuseEvents });
    }

    [Fact]
    public void Read_EverythingWrong_TellsAllOfIt()
    {
        var errors = new List<string>();
        new ReceiveArguments
        {
            Urls = "http://127.0.0.1:1;https://127.0.0.1:2;nowhere",
            CertificateKey = "key.pem",
            Fail = ["1"],
            Delay = "x",
            Reset = "x",
            RefuseEvents = [""],
            RetryAfterSeconds = -1,
            TooLarge = 0,
        }.Read(errors);
        errors.ShouldBe(
        [
            "--certificate-key and --client-ca need --certificate.",
            "--urls https://127.0.0.1:2: https needs --certificate.",
            "--urls nowhere: write it as http://address:port or https://address:port.",
            "--fail 1: '1' is not a status between 300 and 599; write it as 503:10% or 500:first=3.",
            "--delay x: write it as 200ms, 2s or 50ms..2s, the shorter one first, at most 1 h.",
            "--reset x: write it as a share of the requests, 0% to 100%.",
            "--retry-after -1: it is a number of seconds, 0 or more.",
            "--refuse-event '': every event holds the empty text; write one that only some hold.",
            "--too-large 0: it is a number of bytes, 1 or more.",
        ]);
    }
}
