using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;

// Appends to the log in the folder given until it is killed, and says each thing that it was promised, when it was promised:
//   ack <first event> <number of events>    these events are durable
//   dead <sequence>                         the dead letter of this sequence is durable
//   cursor <sequence>                       a trim before this sequence is complete, so a cursor saved there before it is durable
// Events are numbered from the second argument on: {"n":…}.
var next = long.Parse(args[1]);
using var metrics = new WebhookMetrics();
var options = new EventLogOptions { Path = args[0], MinFreeDiskBytes = 0, MemtableBytes = 256 * 1024, CommitInterval = TimeSpan.FromMilliseconds(1) };
await using var log = RocksDbEventLog.Open(options, TimeProvider.System, metrics, NullLogger<RocksDbEventLog>.Instance);
var tail = new SharedTail(log, options.SharedTailBytes, NullLogger<SharedTail>.Instance);
await using var writer = new EventLogWriter(log, tail, options, metrics, TimeProvider.System, NullLogger<EventLogWriter>.Instance);
using var output = Console.OpenStandardOutput();
using var oneLine = new SemaphoreSlim(1);
await SayAsync("ready");
await Task.WhenAll([.. Enumerable.Range(0, 8).Select(_ => Task.Run(AppendForEverAsync)), Task.Run(TrimForEverAsync), Task.Run(RefuseForEverAsync)]);

async Task AppendForEverAsync()
{
    while (true)
    {
        const int Count = 20;
        var first = Interlocked.Add(ref next, Count) - Count;
        if (await writer.AppendAsync(Request(first, Count), null, 0, CancellationToken.None) is not AppendResult.Appended) throw new InvalidOperationException("A healthy log refused.");
        await SayAsync($"ack {first} {Count}");
    }
}

async Task TrimForEverAsync()
{
    while (true)
    {
        var bounds = log.Bounds(0);
        var cursor = EventBlock.ToSequence(EventBlock.BlockOf(bounds.Tail + ((bounds.Head - bounds.Tail) / 2)), 0);
        await log.SaveAsync(new CursorKey(1, 0), Cursor.At(cursor), CancellationToken.None);
        await log.TrimAsync(0, cursor, CancellationToken.None);
        await SayAsync($"cursor {cursor}");
        await Task.Delay(20);
    }
}

async Task RefuseForEverAsync()
{
    for (var sequence = long.Parse(args[1]); ; sequence++)
    {
        var letter = new DeadLetter(1, new DeadLetterId(0, sequence), "SECURE_EVENTS_POLICIES", "{}"u8.ToArray(), 0, "refused", 400, null, DateTimeOffset.UnixEpoch);
        await log.DeadLetters.AddAsync([letter], CancellationToken.None);
        await SayAsync($"dead {sequence}");
    }
}

async Task SayAsync(string line)
{
    await oneLine.WaitAsync();
    await output.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
    await output.FlushAsync();
    oneLine.Release();
}

static IncomingEvents Request(long first, int count)
{
    var body = EventMemory.Rent(count * 64);
    var events = ArrayPool<IncomingEvent>.Shared.Rent(count);
    var length = 0;
    for (var i = 0; i < count; i++)
    {
        var written = Encoding.ASCII.GetBytes($"{{\"n\":{first + i}}}", body.AsSpan(length));
        events[i] = new IncomingEvent(length, written, 0, 0, TimestampForm.Missing, default);
        length += written;
    }

    return new IncomingEvents("SECURE_EVENTS_POLICIES", body, events, count);
}
