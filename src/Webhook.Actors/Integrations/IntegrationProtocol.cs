namespace Webhook.Actors.Integrations;

/// <summary>What an integration is asked, and its answers. Each command gets exactly one <see cref="IReply"/>, after what it promises is durable.</summary>
public static class IntegrationProtocol
{
    /// <summary>A command that changes something; one at a time, the others are answered <see cref="RefusalReason.Busy"/>.</summary>
    public interface IChange : IIntegrationCommand;

    /// <summary>Answered with <see cref="Current"/>, <see cref="TestFailed"/> or <see cref="Refused"/>.</summary>
    /// <param name="Enable">true: test these settings first; if that fails nothing is created.</param>
    /// <param name="IsTrusted">true: no test is asked for; what stands in a configuration file is always on.</param>
    public sealed record Create(IntegrationId Integration, IntegrationSettings Settings, bool Enable, bool IsTrusted = false) : IChange;

    /// <summary>Answered with <see cref="Current"/>, <see cref="TestFailed"/> (the old settings stay in force) or <see cref="Refused"/>.</summary>
    /// <param name="BasedOn">The revision that the settings were made from.</param>
    /// <param name="Enable">true: test and enable; false: disable; null: stay, and test if it is enabled and a test is due.</param>
    /// <param name="IsTrusted">As with <see cref="Create"/>.</param>
    public sealed record Update(IntegrationId Integration, long BasedOn, IntegrationSettings Settings, bool? Enable, bool IsTrusted = false) : IChange;

    /// <summary>Answered with <see cref="TestDone"/>, also when the test failed.</summary>
    public sealed record Test(IntegrationId Integration) : IChange;

    public sealed record Enable(IntegrationId Integration) : IChange;

    /// <param name="Reason">For people; null when a user asks.</param>
    public sealed record Disable(IntegrationId Integration, string? Reason) : IChange;

    /// <summary>Answered with <see cref="Deleted"/>.</summary>
    public sealed record Delete(IntegrationId Integration) : IChange;

    /// <summary>Send these stretches once more, beside the live delivery.</summary>
    public sealed record StartReplay(IntegrationId Integration, IReadOnlyList<ReplayStretch> Stretches, double MaxRequestsPerSecond) : IChange;

    /// <summary>Answered with <see cref="Current"/>, also when there was none.</summary>
    public sealed record StopReplay(IntegrationId Integration) : IChange;

    /// <summary>Answered with <see cref="Current"/>.</summary>
    public sealed record Get(IntegrationId Integration) : IIntegrationCommand;

    /// <summary>The catalog's: be there, and have the lanes run. Answered only with <see cref="NotFound"/>.</summary>
    public sealed record Wake(IntegrationId Integration) : IIntegrationCommand;

    public interface IReply : IWireMessage
    {
        IntegrationId Integration { get; }
    }

    /// <param name="Hold">What holds deliveries back, or did until a probe that is due; null: nothing.</param>
    /// <param name="Errors">Of the last 24 hours, oldest first.</param>
    public sealed record Current(
        IntegrationId Integration, IntegrationSettings Settings, long Revision, bool IsEnabled, bool IsTested, ConnectionState State, DeliveryHold? Hold,
        string? DisabledReason, TestResult? LastTest, IReadOnlyList<DeliveryError> Errors, ReplayState? Replay = null) : IReply;

    public sealed record TestDone(IntegrationId Integration, LaneProtocol.TestReport Report) : IReply;

    /// <summary>The test that was part of a change failed: nothing was changed.</summary>
    public sealed record TestFailed(IntegrationId Integration, LaneProtocol.TestReport Report) : IReply;

    public sealed record Deleted(IntegrationId Integration) : IReply;

    /// <summary>Never created, or deleted.</summary>
    public sealed record NotFound(IntegrationId Integration) : IReply;

    public sealed record Refused(IntegrationId Integration, RefusalReason Reason) : IReply;

    public enum RefusalReason
    {
        /// <summary>Another change, or a test, is under way.</summary>
        Busy,

        /// <summary>Enabling needs a successful test of exactly these settings.</summary>
        NotTested,

        /// <summary>The settings were changed since <see cref="Update.BasedOn"/>.</summary>
        Outdated,

        /// <summary>The id is taken.</summary>
        Exists,

        /// <summary>The lanes do not answer.</summary>
        LanesSilent,

        /// <summary>Only an enabled integration can do this.</summary>
        NotEnabled,

        /// <summary>Another replay is under way.</summary>
        ReplayUnderWay,

        /// <summary>No event that is still kept and delivered matches.</summary>
        NothingToReplay,

        /// <summary>Another redelivery of dead letters is under way.</summary>
        RedeliveryUnderWay,

        /// <summary>A certificate that the settings name was deleted meanwhile.</summary>
        CertificateGone,

        /// <summary>The certificates do not answer.</summary>
        CertificatesSilent,
    }
}
