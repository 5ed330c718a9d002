using System.IO.Compression;
using System.Text;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

/// <summary>Receivers that answer without end, without haste or without sense: each costs bounded time and memory, and one connection.</summary>
public sealed class HostileAnswerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly WatchedTime _time = new();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Header: abcdefghijklmnopqrstuvwxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Header: ", "abcdefghijklmnopqrstuvwxyz")]
    [InlineData("HTTP/1.1 200 ", "abcdefghijklmnopqrstuvwxyz")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("", "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")]
    public async Task A_head_without_end_breaks_the_connection(string start, string more)
    {
        await using var receiver = new Flood(start, more);

        var result = await AttemptAsync(receiver.Url).WaitAsync(Deadline);

        result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        result.Error.ShouldNotBeNull().ShouldContain("32768");
        (await receiver.WrittenAsync()).ShouldBeLessThan(Flood.Most);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", "0123456789abcdef")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "extension=0123456789;")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", "X-Trailer: 0123456789\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef")]
    public async Task A_body_without_end_is_not_read_to_it_and_the_status_stands(string start, string more)
    {
        await using var receiver = new Flood(start, more);

        (await AttemptAsync(receiver.Url).WaitAsync(Deadline)).Bare().ShouldBe(new AttemptResult(AttemptOutcome.Delivered, 200));

        (await receiver.WrittenAsync()).ShouldBeLessThan(Flood.Most);
    }

    [Fact]
    public async Task An_answer_of_one_byte_a_second_is_over_after_two_and_the_status_stands()
    {
        var isReadingTheBody = new TaskCompletionSource();
        await using var receiver = Dripping("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x", isReadingTheBody.Task);

        var attempt = AttemptAsync(receiver.Url);
        await _time.UntilSetAsync(TimeSpan.FromSeconds(2));
        isReadingTheBody.SetResult();

        (await PassAsync(2, attempt)).Bare().ShouldBe(new AttemptResult(AttemptOutcome.Delivered, 200));
    }

    [Fact]
    public async Task A_head_of_one_byte_a_second_is_over_with_the_attempts_time()
    {
        await using var receiver = Dripping("HTTP/1.1 200 OK\r\nX-Header: ", "x", Task.CompletedTask);

        (await PassAsync(15, AttemptAsync(receiver.Url))).Bare().ShouldBe(new AttemptResult(AttemptOutcome.TimedOut, Error: "no answer within 15 s"));
    }

    [Fact]
    public async Task A_compressed_answer_is_not_inflated()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true)) await gzip.WriteAsync(Encoding.ASCII.GetBytes(new string('A', 10_000_000)));
        var head = new TaskCompletionSource<string>();
        await using var receiver = SocketReceiver.Start(async (connection, cancellation) =>
        {
            head.SetResult(await SocketReceiver.ReadRequestAsync(connection, cancellation));
            await SocketReceiver.WriteAsync(connection, $"HTTP/1.1 400 No\r\nContent-Encoding: gzip\r\nContent-Length: {bomb.Length}\r\n\r\n", cancellation);
            await connection.WriteAsync(bomb.ToArray(), cancellation);
        });

        var result = await AttemptAsync(receiver.Url);

        result.Outcome.ShouldBe(AttemptOutcome.Refused);
        result.Answer.ShouldNotBeNull().Length.ShouldBeLessThanOrEqualTo(AnswerExcerpt.MaxText);
        result.Answer.ShouldNotContain("AAAA");
        (await head.Task).ShouldNotContain("Accept-Encoding", Case.Insensitive);
    }

    [Fact]
    public async Task A_protocol_switch_is_an_answer_like_any_other()
    {
        await using var receiver = AnsweringWith("HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\n");

        var attempt = AttemptAsync(receiver.Url);
        // What follows is no longer HTTP; it is read for no longer than any answer's body.
        (await _time.PassNextAsync(TimeSpan.FromSeconds(15))).ShouldBe(TimeSpan.FromSeconds(2));

        (await attempt).ShouldSatisfyAllConditions(
            static r => r.Outcome.ShouldBe(AttemptOutcome.Misconfigured), static r => r.StatusCode.ShouldBe(101));
    }

    [Fact]
    public async Task A_broken_answer_is_quoted_in_one_short_line_without_our_secret()
    {
        await using var receiver = AnsweringWith("HTTP/9 \u001b[2J Bearer t0p-secret-t0ken " + new string('x', 5000) + "\r\n\r\n");

        var result = await AttemptAsync(receiver.Url, static settings => settings with
        {
            Authentication = Authentication.BearerToken,
            Secrets = [new ReversingProtector().Protect("t0p-secret-t0ken")],
        });

        result.Outcome.ShouldBe(AttemptOutcome.ConnectFailed);
        var error = result.Error.ShouldNotBeNull();
        error.ShouldContain("Bearer ***", Case.Sensitive, "the runtime no longer quotes what it cannot read");
        error.Length.ShouldBe(501);
        error.ShouldAllBe(static c => !char.IsControl(c));
    }

    [Theory]
    [InlineData("two\r\nlines\u2028and more", "two  lines and more")]
    [InlineData("\u001b[31mred\u202etxt.exe", " [31mred txt.exe")]
    [InlineData("süß, 日本", "süß, 日本")]
    public void OneLine_WhatMovesATerminal_BecomesASpace(string text, string expected) => AnswerExcerpt.OneLine(text).ShouldBe(expected);

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abcd", "abc…")]
    public void OneLine_TooLong_IsCut(string text, string expected) => AnswerExcerpt.OneLine(text, 3).ShouldBe(expected);

    private static SocketReceiver AnsweringWith(string answer) => SocketReceiver.Start(async (connection, cancellation) =>
    {
        await SocketReceiver.ReadRequestAsync(connection, cancellation);
        await SocketReceiver.WriteAsync(connection, answer, cancellation);
        await connection.CopyToAsync(Stream.Null, cancellation);
    });

    /// <summary>A byte a second of the fake clock.</summary>
    private SocketReceiver Dripping(string start, string drop, Task begin) => SocketReceiver.Start(async (connection, cancellation) =>
    {
        await SocketReceiver.ReadRequestAsync(connection, cancellation);
        await SocketReceiver.WriteAsync(connection, start, cancellation);
        await begin;
        while (true)
        {
            await SocketReceiver.WriteAsync(connection, drop, cancellation);
            await Task.Delay(Second, _time, cancellation);
        }
    });

    private async Task<AttemptResult> PassAsync(int seconds, Task<AttemptResult> attempt)
    {
        for (var i = 0; i < seconds; i++)
        {
            attempt.IsCompleted.ShouldBeFalse($"it was over after {i} seconds");
            await _time.PassNextAsync(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2));
        }

        return await attempt.WaitAsync(Deadline);
    }

    private Task<AttemptResult> AttemptAsync(Uri endpoint, Func<IntegrationSettings, IntegrationSettings>? change = null) =>
        Examples.AttemptAsync((change ?? (static s => s))(Examples.Settings(endpoint)), Examples.Services(_time));

    /// <summary>Writes a beginning and then the same piece until the sender closes the connection.</summary>
    private sealed class Flood : IAsyncDisposable
    {
        /// <summary>Far more than the limits and the buffers of two sockets.</summary>
        public const long Most = 100_000_000;

        private readonly TaskCompletionSource<long> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SocketReceiver _receiver;

        public Flood(string start, string more)
        {
            var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(more, 1000)));
            _receiver = SocketReceiver.Start(async (connection, cancellation) =>
            {
                await SocketReceiver.ReadRequestAsync(connection, cancellation);
                await SocketReceiver.WriteAsync(connection, start, cancellation);
                var written = 0L;
                try
                {
                    for (; written < Most; written += piece.Length) await connection.WriteAsync(piece, cancellation);
                }
                catch (IOException)
                {
                    // Closed: what the test waits for.
                }

                _written.TrySetResult(written);
            });
        }

        public Uri Url => _receiver.Url;

        public Task<long> WrittenAsync() => _written.Task.WaitAsync(Deadline);

        public ValueTask DisposeAsync() => _receiver.DisposeAsync();
    }
}
