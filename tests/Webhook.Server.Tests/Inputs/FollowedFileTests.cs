using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Webhook.Actors.EventLog;
using Webhook.Actors.EventLog.RocksDb;
using Webhook.Actors.Events;
using Webhook.Actors.Telemetry;
using Webhook.Server.Inputs;
using Webhook.Server.Inputs.Following;
using Webhook.Testing;

namespace Webhook.Server.Tests.Inputs;

/// <summary>A followed file into the real log. The clock of the file's pauses is the test's; the log's is the machine's.</summary>
public sealed class FollowedFileTests
{
    public enum Step
    {
        Append,
        AppendInTwo,
        Rename,
        RenameAndCreate,
        CopyAndTruncate,
        RestartAtOnce,
        RestartWhenRead,
        Read,
    }

    /// <summary>Whatever the writer and the program do, each line is in the log once, and each in its order.</summary>
    [Fact]
    public Task Any_sequence_of_writing_rotating_and_restarting_takes_each_line_once() =>
        Gen.Enum<Step>().Array[1, 14].SampleAsync(
            async steps =>
            {
                using var world = new World();
                await using var run = await world.StartAsync();
                foreach (var step in steps) await world.DoAsync(step, run);
                world.Do(Step.Append);
                await run.ReadsAsync(world.Lines);
                await run.StopAsync();
                (await run.StoredAsync()).ShouldBe(world.Lines, $"after {string.Join(", ", steps)}");
            },
            iter: 25, threads: 1);

    [Fact]
    public async Task Rotated_twice_while_the_program_was_down_the_one_between_is_read_too()
    {
        using var world = new World();
        await using var run = await world.StartAsync();
        world.Do(Step.Append);
        await run.ReadsAsync(world.Lines);
        await run.StopAsync();
        foreach (var step in (Step[])[Step.Append, Step.Rename, Step.Append, Step.Rename, Step.Append]) world.Do(step);

        await run.StartAsync();

        await run.ReadsAsync(world.Lines);
    }

    [Fact]
    public async Task A_new_file_with_the_number_of_one_that_is_gone_is_read_from_its_beginning()
    {
        using var world = new World();
        await using var run = await world.StartAsync();
        world.Do(Step.Append);
        await run.ReadsAsync(world.Lines);
        await run.StopAsync();
        // Filesystems give a number that has become free to the next file; where this one does not, the case is the same as that of any new file.
        File.Delete(world.Path);
        world.Do(Step.Append);
        world.Do(Step.Append);

        await run.StartAsync();

        await run.ReadsAsync(world.Lines);
    }

    [Fact]
    public async Task From_the_end_only_what_is_written_later_comes()
    {
        using var world = new World();
        world.Do(Step.Append);
        var before = world.Lines.Count;
        await using var run = await world.StartAsync(StartFrom.End);
        world.Do(Step.Append);

        await run.ReadsAsync([.. world.Lines.Skip(before)]);
    }

    [Fact]
    public async Task A_symbolic_link_that_is_switched_is_followed_to_the_new_file()
    {
        using var world = new World();
        var (monday, tuesday) = (world.Path + "-monday", world.Path + "-tuesday");
        File.WriteAllText(monday, "{\"n\":1}\n");
        File.CreateSymbolicLink(world.Path, monday);
        await using var run = await world.StartAsync();
        await run.ReadsAsync(["{\"n\":1}"]);

        File.AppendAllText(monday, "{\"n\":2}\n");
        File.WriteAllText(tuesday, "{\"n\":3}\n");
        File.Delete(world.Path);
        File.CreateSymbolicLink(world.Path, tuesday);

        await run.ReadsAsync(["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]);
    }

    [Fact]
    public async Task A_writer_that_keeps_a_renamed_file_open_loses_nothing_though_the_new_one_is_there_already()
    {
        using var world = new World();
        await using var run = await world.StartAsync();
        using var writer = new StreamWriter(new FileStream(world.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
        writer.Write("{\"n\":1}\n{\"n\"");
        await run.ReadsAsync(["{\"n\":1}"]);

        // logrotate with create: it takes seconds until the writer is told.
        world.Do(Step.Rename);
        File.WriteAllText(world.Path, "");
        for (var look = 0; look < 20; look++) await run.LooksAgainAsync();
        writer.Write(":2}\n");
        await run.ReadsAsync(["{\"n\":1}", "{\"n\":2}"]);
        writer.Write("{\"n\":3}\n");
        File.AppendAllText(world.Path, "{\"n\":4}\n");

        await run.ReadsAsync(["{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}"]);
    }

    [Fact]
    public async Task Truncated_and_then_renamed_while_the_program_was_down_it_is_read_from_its_beginning()
    {
        using var world = new World();
        await using var run = await world.StartAsync();
        world.Do(Step.Append);
        await run.ReadsAsync(world.Lines);
        await run.StopAsync();
        File.WriteAllText(world.Path, "");
        foreach (var step in (Step[])[Step.Append, Step.Append, Step.Rename, Step.Append]) world.Do(step);

        await run.StartAsync();

        await run.ReadsAsync(world.Lines);
    }

    [Fact]
    public async Task A_log_behind_a_symbolic_link_is_rotated_where_it_is_while_the_program_was_down()
    {
        using var world = new World();
        var pods = Directory.CreateDirectory(System.IO.Path.Combine(world.Folder, "pods")).FullName;
        var (target, rotated) = (System.IO.Path.Combine(pods, "0.log"), System.IO.Path.Combine(pods, "0.log.20261125-101500"));
        File.WriteAllText(target, "{\"n\":1}\n");
        File.CreateSymbolicLink(world.Path, target);
        await using var run = await world.StartAsync();
        await run.ReadsAsync(["{\"n\":1}"]);
        await run.StopAsync();
        File.AppendAllText(target, "{\"n\":2}\n");
        File.Move(target, rotated);
        File.WriteAllText(target, "{\"n\":3}\n");

        await run.StartAsync();

        await run.ReadsAsync(["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]);
    }

    [Fact]
    public async Task A_second_processs_log_with_nearly_the_same_name_is_left_alone()
    {
        using var world = new World();
        await using var run = await world.StartAsync();
        world.Do(Step.Append);
        await run.ReadsAsync(world.Lines);
        world.Do(Step.Rename);
        world.Do(Step.Append);
        File.WriteAllText(System.IO.Path.Combine(world.Folder, "app-2.log"), "{\"n\":\"of the other process\"}\n");

        await run.ReadsAsync(world.Lines);
        world.Do(Step.Rename);
        world.Do(Step.Append);
        await run.ReadsAsync(world.Lines);
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_kept_beside_the_log_and_the_others_go_on()
    {
        using var world = new World();
        await using var run = await world.StartAsync();
        File.WriteAllText(world.Path, $"{{\"n\":1}}\r\n\nnot json\n{{\"n\":2}}\n[1]\n{{\"long\":\"{new string('x', 2_000_000)}\"}}\n{{\"n\":3}}\n");

        await run.ReadsAsync(["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]);

        var refused = File.ReadAllLines(Directory.GetFiles(System.IO.Path.Combine(world.Folder, "refused")).ShouldHaveSingleItem());
        refused.Select(line => (string)System.Text.Json.Nodes.JsonNode.Parse(line)!["type"]!).ShouldBe(["invalid_json", "not_an_object", "event_too_large"]);
    }

    [Theory]
    [InlineData("app.log.1", true)]
    [InlineData("app.log-20261125", true)]
    [InlineData("app.log.2026-11-25T10:00", true)]
    [InlineData("app-2026-11-25.log", true)]
    [InlineData("app.1.log", true)]
    [InlineData("app.log.old", true)]
    [InlineData("app.log", false)]
    [InlineData("app-audit.log", false)]
    [InlineData("app-2.log", false)]
    [InlineData("app.log.1.gz", false)]
    [InlineData("application.log.1", false)]
    public void IsRotated_Name_NumberOrDateBehindIt(string name, bool expected) => RotatedFiles.IsRotated(name, "app.log").ShouldBe(expected);

    [Fact]
    public void FollowedPlace_Bytes_ReadBackTheSame()
    {
        var place = new FollowedPlace(new FileIdentity(1, ulong.MaxValue), 256, 77, long.MaxValue, -5);

        FollowedPlace.FromBytes(place.ToBytes()).ShouldBe(place);
        FollowedPlace.FromBytes([2, 0]).ShouldBeNull();
    }

    /// <summary>The writer, and what it wrote.</summary>
    private sealed class World : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly List<string> _lines = [];
        private bool _isFresh = true;

        public string Folder => _folder.Path;

        public string Path => System.IO.Path.Combine(_folder.Path, "app.log");

        public List<string> Lines => _lines;

        public async Task<Run> StartAsync(StartFrom from = StartFrom.Beginning)
        {
            var run = new Run(this, from);
            await run.StartAsync();
            // Of what was rotated before its first look ever it knows nothing.
            await run.LooksAsync();
            return run;
        }

        public async Task DoAsync(Step step, Run run)
        {
            switch (step)
            {
                case Step.Read:
                    await run.ReadsAsync(_lines);
                    break;
                case Step.RestartWhenRead:
                    await run.ReadsAsync(_lines);
                    await run.StopAsync();
                    await run.StartAsync();
                    break;
                case Step.RestartAtOnce:
                    await run.StopAsync();
                    await run.StartAsync();
                    break;
                case Step.AppendInTwo:
                    var line = NewLine();
                    File.AppendAllText(Path, line[..(line.Length / 2)]);
                    run.Look();
                    File.AppendAllText(Path, line[(line.Length / 2)..] + "\n");
                    break;
                case Step.CopyAndTruncate when _isFresh:
                    // A file of which nothing was read cannot be told from its copy by what was read.
                    await run.ReadsAsync(_lines);
                    break;
                default:
                    Do(step);
                    break;
            }
        }

        public void Do(Step step)
        {
            switch (step)
            {
                case Step.Append:
                    File.AppendAllLines(Path, [NewLine(), NewLine()]);
                    break;
                case Step.Rename when File.Exists(Path):
                    Shift();
                    File.Move(Path, Path + ".1");
                    _isFresh = true;
                    break;
                case Step.RenameAndCreate when File.Exists(Path):
                    Do(Step.Rename);
                    File.WriteAllText(Path, "");
                    break;
                case Step.CopyAndTruncate when File.Exists(Path):
                    Shift();
                    File.Copy(Path, Path + ".1");
                    File.WriteAllText(Path, "");
                    _isFresh = true;
                    break;
            }
        }

        public void Dispose() => _folder.Dispose();

        public void HasBeenRead() => _isFresh = !File.Exists(Path) || new FileInfo(Path).Length == 0;

        private string NewLine()
        {
            var line = $"{{\"timestamp\":17000000000000{_lines.Count:D5},\"n\":\"{new string((char)('a' + (_lines.Count % 26)), _lines.Count % 97)}\"}}";
            _lines.Add(line);
            return line;
        }

        private void Shift()
        {
            for (var i = 20; i > 0; i--)
                if (File.Exists($"{Path}.{i}")) File.Move($"{Path}.{i}", $"{Path}.{i + 1}");
        }
    }

    /// <summary>The program: a log that stays, and an input that is started and stopped.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly World _world;
        private readonly CountedTime _time = new(TimeProvider.System.GetUtcNow());
        private readonly WebhookMetrics _metrics = new();
        private readonly RocksDbEventLog _log;
        private readonly EventLogWriter _writer;
        private readonly FollowedFileDefinition _input;
        private CancellationTokenSource _stop = new();
        private Task _run = Task.CompletedTask;

        public Run(World world, StartFrom from)
        {
            _world = world;
            var options = new EventLogOptions { Path = System.IO.Path.Combine(world.Folder, "log"), MinFreeDiskBytes = 0, MemtableBytes = 64 * 1024, CommitInterval = TimeSpan.Zero };
            _log = RocksDbEventLog.Open(options, TimeProvider.System, _metrics, NullLogger<RocksDbEventLog>.Instance);
            var tail = new SharedTail(_log, options.SharedTailBytes, NullLogger<SharedTail>.Instance);
            _writer = new EventLogWriter(_log, tail, options, _metrics, TimeProvider.System, NullLogger<EventLogWriter>.Instance);
            InputTarget.TryParse("ACTIVITY_AUDIT", new ChannelList(new ChannelOptions()), out var target, out _).ShouldBeTrue();
            _input = new FollowedFileDefinition(world.Path, target!, from);
        }

        public async Task StartAsync()
        {
            _stop = new CancellationTokenSource();
            var saved = await _log.FindMarkAsync(_input.Name, default) is { } mark ? FollowedPlace.FromBytes(mark.Value.Span) : null;
            var refused = new RefusedLines(_input, _world.Folder, _metrics, TimeProvider.System, NullLogger.Instance);
            var store = new LineStore(_input, refused, _writer, _log, new IngestOptions(), _metrics, TimeProvider.System, NullLogger.Instance);
            var file = new FollowedFile(_input, store, _time, NullLogger.Instance);
            var stop = _stop.Token;
            _run = Task.Run(() => file.RunAsync(saved, stop, CancellationToken.None), CancellationToken.None);
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }

        public async Task ReadsAsync(List<string> lines)
        {
            IReadOnlyList<string> stored = [];
            await Until.HoldsAsync(
                async () =>
                {
                    Look();
                    stored = await StoredAsync();
                    return stored.Count >= lines.Count;
                },
                () => $"the log has {stored.Count} of {lines.Count} lines", TimeSpan.FromSeconds(20));
            stored.ShouldBe(lines);
            _world.HasBeenRead();
        }

        /// <summary>It has looked at least once.</summary>
        public Task LooksAsync() => Until.HoldsAsync(
            async () =>
            {
                Look();
                return await _log.FindMarkAsync(_input.Name, default) is not null;
            },
            () => "there is no mark");

        public async Task<IReadOnlyList<string>> StoredAsync()
        {
            var lines = new List<string>();
            for (var from = 0L; await _log.ReadAsync(0, from, default) is { } block;)
            {
                for (var i = 0; i < block.Count; i++) lines.Add(Encoding.UTF8.GetString(block.Event(i)));
                from = EventBlock.ToSequence(block.BlockSequence + 1, 0);
                block.Release();
            }

            return lines;
        }

        public void Look() => _time.Advance(FollowedFile.Interval);

        /// <summary>A look begins and ends within: there is another pause.</summary>
        public Task LooksAgainAsync()
        {
            var before = _time.Timers;
            return Until.HoldsAsync(
                () =>
                {
                    Look();
                    return _time.Timers > before + 1;
                },
                () => "it does not look");
        }

        public async ValueTask DisposeAsync()
        {
            if (!_run.IsCompleted) await StopAsync();
            await _writer.DisposeAsync();
            await _log.DisposeAsync();
            _metrics.Dispose();
        }
    }

    /// <summary>Each pause sets a timer.</summary>
    private sealed class CountedTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _timers);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
