using System.IO.Pipelines;
using System.Text;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public sealed class StandardOutputSenderTests
{
    [Fact]
    public async Task AttemptAsync_SeveralAtOnce_EachBatchWhole()
    {
        using var stream = new MemoryStream();
        using var output = new StandardOutput(stream);
        using var sender = Sender(output);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AttemptAsync(sender, i)));

        results.ShouldAllBe(r => r.Outcome == AttemptOutcome.Delivered);
        var written = Encoding.UTF8.GetString(stream.ToArray());
        Enumerable.Range(0, 50).ShouldAllBe(i => written.Contains(Text(i), StringComparison.Ordinal));
        written.Length.ShouldBe(Enumerable.Range(0, 50).Sum(i => Text(i).Length));
    }

    [Fact]
    public async Task AttemptAsync_NobodyReadsAnyMore_IsAFailureThatIsTriedAgain()
    {
        using var output = new StandardOutput(new Broken());
        using var sender = Sender(output);

        var result = await AttemptAsync(sender, 1);

        result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        result.Error.ShouldBe("standard output does not take events: Broken pipe");
        OutcomeRule.Of(result.Outcome).Next.ShouldBe(NextStep.Retry);
        result.Detail!.Stages.ShouldHaveSingleItem().ShouldSatisfyAllConditions(s => s.Name.ShouldBe("output"), s => s.Succeeded.ShouldBeFalse());
    }

    [Fact]
    public async Task AttemptAsync_ReaderStalls_WaitsAndCanBeGivenUp()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 2, resumeWriterThreshold: 1, useSynchronizationContext: false));
        using var output = new StandardOutput(pipe.Writer.AsStream());
        using var sender = Sender(output);
        using var abort = new CancellationTokenSource();

        var first = AttemptAsync(sender, 1, abort.Token);
        var second = AttemptAsync(sender, 2);
        first.IsCompleted.ShouldBeFalse();
        abort.Cancel();

        await Should.ThrowAsync<OperationCanceledException>(first);
        second.IsCompleted.ShouldBeFalse("the first still has the turn");
        var read = new StringBuilder();
        while (read.Length < Text(1).Length + Text(2).Length)
        {
            var result = await pipe.Reader.ReadAsync();
            read.Append(Encoding.UTF8.GetString(result.Buffer));
            pipe.Reader.AdvanceTo(result.Buffer.End);
        }

        read.ToString().ShouldBe(Text(1) + Text(2));
        (await second).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    private static string Text(int i) => Encoding.UTF8.GetString(Examples.Batch(first: i).Body);

    private static IAttemptSender Sender(StandardOutput output)
    {
        var settings = new IntegrationSettings { Type = IntegrationType.Local, Endpoint = IntegrationSettings.StandardOutput };
        return AttemptSenders.Open(settings, Examples.Services(output: output), connections: 1);
    }

    private static async Task<AttemptResult> AttemptAsync(IAttemptSender sender, int first, CancellationToken abort = default)
    {
        using var batch = Examples.Batch(first: first);
        using var body = EncodedBody.Encode(batch.Body, RequestCompression.None);
        return await sender.AttemptAsync(batch, body, abort);
    }

    private sealed class Broken : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");
    }
}
