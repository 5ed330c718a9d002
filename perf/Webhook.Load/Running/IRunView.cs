using Webhook.Load.Measuring;
using Webhook.Load.Scenarios;

namespace Webhook.Load.Running;

/// <summary>Shows a run while it goes.</summary>
internal interface IRunView
{
    /// <summary>What the user must know or do now.</summary>
    void Say(string line);

    void Begin(Scenario scenario);

    /// <param name="phase">Null: the run drains.</param>
    /// <param name="progress">Of the phase, 0 to 1.</param>
    void Show(PhaseSetting? phase, double progress, Sample sample);
}
