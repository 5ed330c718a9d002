using System.ComponentModel.DataAnnotations;
using Webhook.Actors.EventLog;

namespace Webhook.Actors.Tests.EventLog;

public sealed class EventLogOptionsTests
{
    [Fact]
    public void Defaults_AsDocumented()
    {
        var options = new EventLogOptions();
        options.Path.ShouldBe("data/log");
        options.MaxBytes.ShouldBe(10L << 30);
        options.MinFreeDiskBytes.ShouldBe(256L << 20);
        options.MaxWaitingBytes.ShouldBe(64 << 20);
        options.CommitBytes.ShouldBe(4 << 20);
        options.CommitInterval.ShouldBe(TimeSpan.FromMilliseconds(2));
        options.StalledAfter.ShouldBe(TimeSpan.FromSeconds(10));
        options.SharedTailBytes.ShouldBe(32 << 20);
        options.MemtableBytes.ShouldBe(16 << 20);
        options.RetentionAge.ShouldBe(TimeSpan.FromDays(7));
        options.RetentionBytes.ShouldBeNull();
        options.RetentionInterval.ShouldBe(TimeSpan.FromSeconds(10));
        options.IdempotencyAge.ShouldBe(TimeSpan.FromHours(24));
        options.IdempotencyRecords.ShouldBe(1_000_000);
        Ranges(options).ShouldBeEmpty();
        new EventLogOptionsConsistency().Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Ranges_SeveralOutside_AllReported()
    {
        var wrong = Ranges(new EventLogOptions { Path = "", MaxBytes = 1, RetentionAge = TimeSpan.Zero, RetentionBytes = 5 });
        wrong.SelectMany(r => r.MemberNames).ShouldBe(["Path", "MaxBytes", "RetentionAge", "RetentionBytes"], ignoreOrder: true);
    }

    private static List<ValidationResult> Ranges(EventLogOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results;
    }

    [Fact]
    public void Consistency_SeveralWrong_AllReportedWithValues()
    {
        var result = new EventLogOptionsConsistency().Validate(
            null, new EventLogOptions { MaxBytes = 1 << 20, RetentionBytes = 2 << 20, MaxWaitingBytes = 1 << 20, CommitBytes = 2 << 20, StalledAfter = TimeSpan.FromSeconds(1), CommitInterval = TimeSpan.FromSeconds(1) });
        result.Failures.ShouldBe([
            "Webhook:EventLog:RetentionBytes (2,097,152) is above MaxBytes (1,048,576): the log would refuse events before it drops any. Lower it, or raise MaxBytes.",
            "Webhook:EventLog:CommitBytes (2,097,152) is above MaxWaitingBytes (1,048,576): a commit could never fill. Lower it, or raise MaxWaitingBytes.",
            "Webhook:EventLog:StalledAfter (00:00:01) is not above CommitInterval (00:00:01): a healthy log would look stalled. Raise it."]);
    }
}
