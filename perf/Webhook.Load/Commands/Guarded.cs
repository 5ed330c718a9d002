using Webhook.Load.Running;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Commands;

/// <summary>Expected failures become messages on standard error and exit codes.</summary>
internal static class Guarded
{
    public static async Task<int> RunAsync(Func<Task<int>> act)
    {
        try
        {
            return await PoolContext.RunAsync(act);
        }
        catch (ScenarioException e)
        {
            foreach (var error in e.Errors) await Console.Error.WriteLineAsync(error);
            return ExitCode.WrongUsage;
        }
        catch (TargetException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.Unavailable;
        }
    }
}
