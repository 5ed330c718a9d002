using System.Text.Json.Nodes;
using Webhook.Server.Tests.Client;

namespace Webhook.Server.Tests.LogTools;

/// <summary>Real damage: it is told before anything is done, it costs what was told, the files as they were are kept, and afterwards the log is whole.</summary>
public sealed class DamagedLogTests
{
    [Theory]
    [InlineData("*.sst", "flip", true)]
    [InlineData("*.sst", "truncate", true)]
    [InlineData("*.sst", "empty", true)]
    [InlineData("0*.log", "flip", true)]
    [InlineData("0*.log", "truncate", true)]
    [InlineData("0*.log", "zero the tail", true)]
    [InlineData("MANIFEST-*", "empty", false)]
    [InlineData("CURRENT", "garbage", false)]
    public async Task What_verify_says_is_what_repair_costs(string pattern, string damage, bool isLoss)
    {
        using var data = await DataFolder.CreateAsync();
        data.Damage(pattern, damage);
        var before = data.Snapshot();

        var verified = await JsonAsync(ExitCode.Failed, "verify", data);
        verified["isDamaged"]!.GetValue<bool>().ShouldBeTrue();
        var lost = verified["eventsLost"]!.GetValue<long>();
        (lost > 0).ShouldBe(isLoss, verified.ToJsonString());
        verified["events"]!.GetValue<long>().ShouldBe(DataFolder.Events - lost);
        var inspected = await JsonAsync(ExitCode.Done, "inspect", data);
        inspected["contents"]!["events"]!.GetValue<long>().ShouldBe(DataFolder.Events - lost);
        var dry = await JsonAsync(ExitCode.Done, "repair", data, "--dry-run");
        dry["eventsLost"]!.GetValue<long>().ShouldBe(lost);
        dry["isRepaired"]!.GetValue<bool>().ShouldBeFalse();
        data.Snapshot().ShouldBe(before, "nothing was written");

        var asItWas = DataFolder.Snapshot(data.Log, withTimes: false);
        var repaired = await JsonAsync(ExitCode.Done, "repair", data, "--yes");
        repaired["isRepaired"]!.GetValue<bool>().ShouldBeTrue();
        repaired["eventsLost"]!.GetValue<long>().ShouldBe(lost);
        var copy = repaired["copy"]!.GetValue<string>();
        Path.GetDirectoryName(copy).ShouldBe(data.Path, "beside the log");
        DataFolder.Snapshot(copy, withTimes: false).ShouldBe(asItWas);

        var after = await JsonAsync(ExitCode.Done, "verify", data);
        after["isDamaged"]!.GetValue<bool>().ShouldBeFalse(after.ToJsonString());
        after["events"]!.GetValue<long>().ShouldBe(DataFolder.Events - lost);
        after["knownLosses"]!.AsArray().Sum(static loss => loss!["eventsLost"]!.GetValue<long>()).ShouldBe(lost);
        await using var log = data.Open();
        log.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_head_is_told_though_nobody_knows_what_it_costs()
    {
        using var data = await DataFolder.CreateAsync();
        data.Damage("head", "garbage");
        var verified = await JsonAsync(ExitCode.Failed, "verify", data);
        verified["eventsLost"].ShouldBeNull();
        verified["events"]!.GetValue<long>().ShouldBe(DataFolder.Events);
        (await JsonAsync(ExitCode.Done, "repair", data, "--yes"))["isRepaired"]!.GetValue<bool>().ShouldBeTrue();
        await JsonAsync(ExitCode.Done, "verify", data);
    }

    [Fact]
    public async Task The_text_names_the_file_the_blocks_and_the_events()
    {
        using var data = await DataFolder.CreateAsync();
        var file = data.Damage("*.sst", "flip");
        var result = await RunAsync("verify", data);
        result.ExitCode.ShouldBe(ExitCode.Failed);
        result.Output.ShouldContain(Path.Combine(data.Log, file));
        result.Output.ShouldMatch(@"(?m)^BLOCKS +EVENTS +DEAD LETTERS +DAMAGE\n\d+-\d+ +\d+ ");
        result.Output.ShouldMatch($@"(?m)^{data.Log} is damaged: it costs \d+ events; \d+ events in \d+ blocks \(\d+ kB\) can be read$");
        result.Output.ShouldNotContain("webhook-log-", Case.Sensitive, "where the view is concerns nobody");
        var dry = await RunAsync("repair", data, "--dry-run");
        dry.Output.ShouldBe(result.Output + "Nothing was done. Without --dry-run it is repaired.\n");
    }

    private static Task<CommandResult> RunAsync(string command, DataFolder data, params string[] more) => CommandResult.OfAsync(["log", command, "--data", data.Path, .. more]);

    private static async Task<JsonNode> JsonAsync(int exitCode, string command, DataFolder data, params string[] more)
    {
        var result = await RunAsync(command, data, [.. more, "--json"]);
        result.ExitCode.ShouldBe(exitCode, result.ToString());
        result.Error.ShouldBeEmpty();
        return JsonNode.Parse(result.Output)!;
    }
}
