using System.IO.Pipes;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Webhook.Testing;

namespace Webhook.Server.Tests.Inputs;

/// <summary>A real pipe into the real log.</summary>
public sealed class StandardInputTests : IDisposable
{
    private const int PipeBytes = 64 * 1024;

    private readonly AnonymousPipeServerStream _producer = new(PipeDirection.Out);
    private readonly AnonymousPipeClientStream _input;

    public StandardInputTests() => _input = new AnonymousPipeClientStream(PipeDirection.In, _producer.ClientSafePipeHandle);

    public void Dispose()
    {
        _producer.Dispose();
        _input.Dispose();
    }

    [Fact]
    public async Task To_the_end_every_line_is_stored_in_order_the_last_one_without_a_line_break_too()
    {
        await using var log = new InputLog();
        var reading = log.ReadAsync(_input, TimeProvider.System);
        var lines = Enumerable.Range(0, 5000).Select(static n => $"{{\"n\":{n},\"p\":\"{new string('x', n % 300)}\"}}").ToList();
        await _producer.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)));
        _producer.Close();

        (await reading).ShouldBeTrue();

        (await log.StoredAsync()).Select(static e => e.Event).ShouldBe(lines);
        File.Exists(log.Refused).ShouldBeFalse();
    }

    [Fact]
    public async Task A_line_after_a_pause_is_stored_at_once_and_the_next_ones_gather()
    {
        await using var log = new InputLog();
        var time = new FakeTimeProvider();
        var reading = log.ReadAsync(_input, time);
        await WriteAsync("{\"n\":1}\n");
        await StoredAsync(log, 1);

        for (var n = 2; n < 10; n++) await WriteAsync($"{{\"n\":{n}}}\n");
        await Until.HoldsAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return (await log.StoredAsync()).Count == 9;
            },
            () => "the rest is not stored");

        _producer.Close();
        (await reading).ShouldBeTrue();
    }

    [Fact]
    public async Task Stopped_what_was_read_is_stored_and_the_line_that_was_cut_off_is_told()
    {
        await using var log = new InputLog();
        using var stop = new CancellationTokenSource();
        var reading = log.ReadAsync(_input, new FakeTimeProvider(), stop: stop.Token);
        await WriteAsync("{\"n\":1}\n");
        await StoredAsync(log, 1);
        await WriteAsync("{\"n\":2}\n{\"n\"");
        await Until.HoldsAsync(() => Task.FromResult(IsEmpty()), () => "the pipe is not read");

        await stop.CancelAsync();

        (await reading).ShouldBeFalse();
        (await log.StoredAsync()).Select(static e => e.Event).ShouldBe(["{\"n\":1}", "{\"n\":2}"]);
        log.Warnings.Lines.ShouldHaveSingleItem().ShouldContain("4 bytes");

        // What is under way in the producer's pipe is nobody's; that it is gone tells that it was read.
        bool IsEmpty() => PipeState.Unread(_producer.SafePipeHandle) == 0;
    }

    [Fact]
    public async Task A_full_log_holds_the_producer_back_and_loses_nothing()
    {
        const int Lines = 8000;
        await using var log = new InputLog(maxBytes: 2_000_000);
        var time = new FakeTimeProvider();
        var reading = log.ReadAsync(_input, time);
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < Lines; n++) await WriteAsync($"{{\"n\":{n},\"p\":\"{new string('x', 1000)}\"}}\n");
            _producer.Close();
        });

        var taken = new List<string>();
        var heldBack = false;
        await Until.HoldsAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                heldBack |= log.Warnings.Lines.Count > 0 && PipeState.Unread(_input.SafePipeHandle) >= PipeBytes - 4096 && !writing.IsCompleted;
                if (!heldBack || (await log.StoredAsync()) is not { Count: > 0 } stored) return reading.IsCompleted;
                taken.AddRange(stored.Select(static e => e.Event));
                await log.TrimAsync(stored[^1].Sequence + 1);
                time.Advance(TimeSpan.FromSeconds(5));
                return reading.IsCompleted;
            },
            () => $"taken {taken.Count} of {Lines}, held back: {heldBack}, the log holds {log.Bounds.Bytes:N0} bytes");

        taken.AddRange((await log.StoredAsync()).Select(static e => e.Event));
        await writing;
        (await reading).ShouldBeTrue();
        taken.Select(static e => e.Split(',')[0]).ShouldBe(Enumerable.Range(0, Lines).Select(static n => $"{{\"n\":{n}"));
        log.Warnings.Lines.ShouldContain(line => line.Contains("waits and reads nothing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bad_lines_are_kept_with_place_and_reason_and_their_content_is_in_no_log()
    {
        await using var log = new InputLog();
        var reading = log.ReadAsync(_input, TimeProvider.System);
        _producer.Write([.. "{\"n\":1}\n  secret\n{\"a\":\""u8, 0xC3, 0x28, .. "\"}\n{\"n\":2}\n"u8]);
        _producer.Close();
        await reading;

        (await log.StoredAsync()).Select(static e => e.Event).ShouldBe(["{\"n\":1}", "{\"n\":2}"]);
        var refused = log.RefusedLines();
        refused.Select(static r => ((string)r["type"]!, (long)r["offset"]!, (long)r["bytes"]!)).ShouldBe([("invalid_json", 10, 6), ("invalid_utf8", 17, 10)]);
        ((string)refused[0]["line"]!).ShouldBe("secret");
        ((string)refused[0]["reason"]!).ShouldStartWith("is not valid JSON at byte 0: ", Case.Sensitive, "the place is that in the line");
        Convert.FromBase64String((string)refused[1]["lineBase64"]!)[6].ShouldBe((byte)0xC3);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(log.Refused).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        log.Counted("input_refused_lines_total").ShouldBe(2);
        log.Warnings.Lines.ShouldHaveSingleItem().ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_line_over_a_small_limit_is_refused_and_the_next_one_taken()
    {
        await using var log = new InputLog();
        log.Limits.MaxEventBytes = 100;
        var reading = log.ReadAsync(_input, TimeProvider.System);
        await WriteAsync($"{{\"p\":\"{new string('x', 3000)}");
        await Until.HoldsAsync(() => PipeState.Unread(_producer.SafePipeHandle) == 0, () => "the pipe is not read");
        await WriteAsync("\"}\n{\"n\":1}\n");
        _producer.Close();

        (await reading).ShouldBeTrue();
        (await log.StoredAsync()).Select(static e => e.Event).ShouldBe(["{\"n\":1}"]);
        var refused = log.RefusedLines().ShouldHaveSingleItem();
        ((string)refused["type"]!, (long)refused["bytes"]!).ShouldBe(("event_too_large", 3008));
    }

    [Fact]
    public async Task Beyond_the_bound_of_their_file_refused_lines_are_only_counted()
    {
        await using var log = new InputLog();
        Directory.CreateDirectory(Path.GetDirectoryName(log.Refused)!);
        await using (var full = File.Create(log.Refused)) full.SetLength(Webhook.Server.Inputs.RefusedLines.MaxFileBytes);
        var reading = log.ReadAsync(_input, TimeProvider.System);
        await WriteAsync("no\n{\"n\":1}\nno\n");
        _producer.Close();
        await reading;

        new FileInfo(log.Refused).Length.ShouldBe(Webhook.Server.Inputs.RefusedLines.MaxFileBytes);
        (log.Counted("input_refused_lines_total"), log.Counted("input_refused_lines_unkept_total")).ShouldBe((2, 2));
        (await log.StoredAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Events_that_are_not_transmitted_are_dropped_and_counted()
    {
        await using var log = new InputLog();
        var reading = log.ReadAsync(_input, TimeProvider.System, transmitted: new HashSet<string> { "PLATFORM_AUDIT" });
        await WriteAsync("{\"n\":1}\n{\"n\":2}\nno\n");
        _producer.Close();

        (await reading).ShouldBeTrue();
        log.Bounds.Events.ShouldBe(0);
        (log.Counted("input_dropped_events_total"), log.Counted("input_refused_lines_total")).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Falcos_lines_become_policy_events()
    {
        await using var log = new InputLog();
        var reading = log.ReadAsync(_input, TimeProvider.System, "falco");
        await WriteAsync("""
            Falco initialized with configuration file /etc/falco/falco.yaml
            {"rule":"Terminal shell","output":"o","priority":"Notice","time":"2026-01-31T23:59:59.123456789Z"}

            """);
        _producer.Close();
        await reading;

        (await log.StoredAsync()).ShouldHaveSingleItem().Event.ShouldContain("\"ruleName\":\"Terminal shell\"");
        log.RefusedLines().Count.ShouldBe(1, "what Falco says to people is no alert");
    }

    private async Task WriteAsync(string text)
    {
        await _producer.WriteAsync(Encoding.UTF8.GetBytes(text));
        await _producer.FlushAsync();
    }

    private static Task StoredAsync(InputLog log, int count) => Until.HoldsAsync(async () => (await log.StoredAsync()).Count == count, () => $"not {count} events");
}
