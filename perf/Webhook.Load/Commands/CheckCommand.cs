using System.CommandLine;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Commands;

/// <summary><c>check</c>: reads scenarios without running them.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("scenario") { Description = "Scenario files, YAML or JSON.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Reads scenarios and lists everything that is wrong in them; exit 2 if anything is.") { files };
        command.SetAction((parsed, _) => Guarded.RunAsync(() =>
        {
            var errors = new List<string>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                try
                {
                    var scenario = ScenarioFile.Read(file);
                    Console.WriteLine($"{file}: {scenario.Phases.Count} phases, {TimeSpan.FromTicks(scenario.Phases.Sum(phase => phase.Load.Duration.Ticks)).TotalSeconds:F0} s, {scenario.Thresholds.Count} thresholds");
                }
                catch (ScenarioException e)
                {
                    errors.AddRange(e.Errors);
                }
            }

            return errors.Count == 0 ? Task.FromResult(ExitCode.Passed) : throw new ScenarioException(errors);
        }));
        return command;
    }
}
