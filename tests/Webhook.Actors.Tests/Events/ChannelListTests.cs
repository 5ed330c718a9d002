using System.ComponentModel.DataAnnotations;
using Webhook.Actors.Events;

namespace Webhook.Actors.Tests.Events;

public sealed class ChannelListTests
{
    [Fact]
    public void Names_NoOptions_AreTheOriginalsInOrder() =>
        new ChannelList(new ChannelOptions()).Names.ShouldBe(
        [
            "SECURE_EVENTS_POLICIES", "ACTIVITY_AUDIT", "PLATFORM_AUDIT", "MONITOR_EVENTS", "POLICY_EVENTS", "SECURE_EVENTS_AUDIT_TRAIL",
            "SECURE_EVENTS_BENCHMARK", "SECURE_EVENTS_COMPLIANCE", "SECURE_EVENTS_HOSTSCANNING", "SECURE_EVENTS_SCANNING", "AUDIT_TAP",
        ]);

    [Fact]
    public void IsKnown_AdditionalAndHidden_FollowsTheOptions()
    {
        var channels = new ChannelList(new ChannelOptions { Additional = ["BUILD_EVENTS"], Hidden = ["AUDIT_TAP"] });

        channels.IsKnown("BUILD_EVENTS").ShouldBeTrue();
        channels.IsKnown("AUDIT_TAP").ShouldBeFalse();
        channels.IsKnown("activity_audit").ShouldBeFalse();
        channels.Names[^1].ShouldBe("BUILD_EVENTS");
    }

    [Fact]
    public void Validate_WrongNames_NamesEachOfThem()
    {
        var options = new ChannelOptions { Additional = ["build", "OK_1", "A\n", new string('A', 65)], Hidden = ["NOT_THERE", "OK_1"] };

        var errors = options.Validate(new ValidationContext(options)).Select(e => e.ErrorMessage!).ToList();

        errors.Count.ShouldBe(4);
        errors[0].ShouldBe("Webhook:Channels:Additional holds 'build', which is not a channel name: an upper-case letter and up to 63 of A-Z, 0-9 and _.");
        errors[3].ShouldStartWith("Webhook:Channels:Hidden holds 'NOT_THERE', which is not a channel: SECURE_EVENTS_POLICIES, ");
    }
}
