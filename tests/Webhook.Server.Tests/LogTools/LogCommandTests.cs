using System.Text.Json.Nodes;
using Webhook.Actors.Events;
using Webhook.Server.Tests.Client;
using Webhook.Testing;

namespace Webhook.Server.Tests.LogTools;

/// <summary>A log in which nothing is damaged, and folders that are none.</summary>
public sealed class LogCommandTests : IAsyncLifetime
{
    private DataFolder _data = null!;

    public async Task InitializeAsync() => _data = await DataFolder.CreateAsync();

    public Task DisposeAsync()
    {
        _data.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Inspect_tells_everything_as_json()
    {
        var log = JsonNode.Parse((await RunAsync("inspect", "--json")).Output)!;
        log["log"]!.GetValue<string>().ShouldBe(_data.Log);
        var contents = log["contents"]!;
        contents["events"]!.GetValue<long>().ShouldBe(DataFolder.Events);
        contents["blocks"]!.GetValue<long>().ShouldBe(DataFolder.Blocks);
        contents["firstSequence"]!.GetValue<long>().ShouldBe(EventBlock.ToSequence(1, 0));
        contents["head"]!.GetValue<long>().ShouldBe(EventBlock.ToSequence(DataFolder.Blocks + 1, 0));
        contents["oldestAt"]!.GetValue<DateTime>().ShouldBe(DateTime.UnixEpoch.AddSeconds(1_700_000_000));
        contents["newestAt"]!.GetValue<DateTime>().ShouldBe(DateTime.UnixEpoch.AddSeconds(1_700_000_000 + DataFolder.Events - DataFolder.EventsPerBlock));
        contents["channels"]!.AsArray().Select(static c => (c!["channel"]!.GetValue<string>(), c["events"]!.GetValue<long>()))
            .ShouldBe([(DataFolder.OtherChannel, 3 * DataFolder.EventsPerBlock), (DataFolder.Channel, DataFolder.Events - (3 * DataFolder.EventsPerBlock))]);
        // Ten whole blocks and two events are done.
        log["cursors"]!.AsArray().ShouldHaveSingleItem()!["lag"]!.GetValue<long>().ShouldBe(DataFolder.Events - (10 * DataFolder.EventsPerBlock) - 2);
        log["deadLetters"]!.ToJsonString().ShouldBe("""[{"integration":7,"count":2}]""");
        log["inputs"]!.ToJsonString().ShouldBe("""[{"input":"stdin","mark":"line 12","isBase64":false}]""");
        log["files"]!.AsArray().Select(static f => f!["name"]!.GetValue<string>()).ShouldBe(Directory.GetFiles(_data.Log).Select(static f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        log["damage"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Inspect_tells_it_as_tables()
    {
        var text = (await RunAsync("inspect")).Output;
        text.ShouldMatch($@"(?m)^events +{DataFolder.Events} in {DataFolder.Blocks} blocks, \d+ kB; {DataFolder.Events} ever$");
        text.ShouldMatch(@"(?m)^stored +2023-11-14 22:13:20Z to 2023-11-14 22:20:13Z$");
        text.ShouldMatch(@"(?m)^INTEGRATION +REPLAY +DONE BEFORE +LAG +BATCHES\n +3 +720898 +348 +0$");
        text.ShouldMatch(@"(?m)^INPUT +READ UP TO\nstdin +line 12$");
        text.ShouldMatch(@"(?m)^tables +\d+ +\d+ kB$");
    }

    [Fact]
    public async Task Inspect_prints_events_one_a_line()
    {
        var text = (await RunAsync("inspect", "--events", "0", "--count", "2")).Output.Split('\n');
        text[0].ShouldStartWith($$"""65536  2023-11-14 22:13:20Z  {{DataFolder.OtherChannel}}  {"n": 0,  "p": "xxx""");
        text.Length.ShouldBe(3, "two lines, the line breaks within the events are none");
        var json = (await RunAsync("inspect", "--events", "0-131077", "--count", "4", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToList();
        json.Select(static e => e["sequence"]!.GetValue<long>()).ShouldBe([131077, 131078, 196608, 196609], "over the border of two blocks");
        json.Select(static e => e["event"]!["n"]!.GetValue<long>()).ShouldBe([12, 13, 14, 15]);
        (await RunAsync("inspect", "--events", "99999999999")).Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_written_by_looking()
    {
        var before = _data.Snapshot();
        foreach (var arguments in (string[][])[["inspect"], ["inspect", "--json"], ["inspect", "--events", "0"], ["verify"], ["repair", "--dry-run"], ["repair", "--yes"]])
            (await RunAsync(arguments)).Output.ShouldNotBeEmpty();
        _data.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task A_whole_log_is_whole_and_needs_no_repair()
    {
        (await RunAsync("verify")).Output.ShouldMatch($@"^{_data.Log} is whole: {DataFolder.Events} events in {DataFolder.Blocks} blocks \(\d+ kB\), every checksum right\n$");
        (await RunAsync("repair")).Output.ShouldEndWith("\nNothing is to be repaired.\n");
        JsonNode.Parse((await RunAsync("repair", "--json")).Output)!["copy"].ShouldBeNull();
    }

    [Fact]
    public async Task The_logs_own_folder_will_do() =>
        (await CommandResult.OfAsync("log", "verify", "--data", _data.Log)).Output.ShouldStartWith($"{_data.Log} is whole");

    [Theory]
    [InlineData("inspect")]
    [InlineData("verify")]
    [InlineData("repair")]
    public async Task A_log_that_is_in_use_is_left_alone(string command)
    {
        await using var log = _data.Open();
        var result = await CommandResult.OfAsync("log", command, "--data", _data.Path);
        (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
        result.Error.ShouldStartWith($"webhook: The event log in {_data.Log} is in use, probably by a running server");
        result.Error.ShouldEndWith("stop that first.\n");
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("verify")]
    [InlineData("repair")]
    public async Task A_folder_without_a_log_is_refused(string command)
    {
        using var empty = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(empty.Path, "some.log"), "no log of events");
        foreach (var folder in (string[])[empty.Path, Path.Combine(empty.Path, "missing")])
        {
            (await CommandResult.OfAsync("log", command, "--data", folder)).ShouldBe(new CommandResult(
                ExitCode.WrongUsage, "", $"webhook: {folder} is no data folder: there is no event log in it; --data takes the folder that 'webhook serve' was given\n"));
        }
    }

    [Theory]
    [InlineData("--events", "x")]
    [InlineData("--events", "1-65536")]
    [InlineData("--count", "0")]
    public async Task A_wrong_option_is_refused(string option, string value)
    {
        var result = await CommandResult.OfAsync("log", "inspect", "--data", _data.Path, option, value);
        (result.ExitCode, result.Output).ShouldBe((ExitCode.WrongUsage, ""));
        result.Error.ShouldStartWith($"webhook: {option} is ");
    }

    private async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var result = await CommandResult.OfAsync(["log", .. arguments, "--data", _data.Path]);
        result.ExitCode.ShouldBe(ExitCode.Done, result.ToString());
        result.Error.ShouldBeEmpty();
        return result;
    }
}
