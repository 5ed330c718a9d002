namespace Webhook.Load.Scenarios;

/// <summary>A scenario that cannot be run, with everything that is wrong in it.</summary>
internal sealed class ScenarioException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    public IReadOnlyList<string> Errors => errors;
}
