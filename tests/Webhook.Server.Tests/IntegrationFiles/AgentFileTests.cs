namespace Webhook.Server.Tests.IntegrationFiles;

/// <summary>The sensor's own file.</summary>
public sealed class AgentFileTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "local_forwarder: []", ":1:18: local_forwarder: must be a mapping (key: value), not a list" },
        { "local_forwarder: {enable: true}", ":1:19: local_forwarder.enable: unknown key; did you mean 'enabled'? Upper and lower case matter" },
        { "local_forwarder: {enabled: on}", ":1:28: local_forwarder.enabled: must be true or false, not 'on'" },
        { "local_forwarder: {enabled: true, transmitMessageTypes: []}", ":1:34: local_forwarder.transmitMessageTypes: does not belong here: in this file it is called transmit_message_types" },
        { "local_forwarder: {enabled: true, integrations: []}", ":1:34: local_forwarder.integrations: does not belong here: they stand in a file of their own" },
        { "local_forwarder: {enabled: true, transmit_message_types: POLICY_EVENTS}", ":1:58: local_forwarder.transmit_message_types: must be a list, not a single value" },
        { "local_forwarder: {enabled: true, transmit_message_types: [policy_events, ACTIVITY_AUDIT]}", ":1:59: local_forwarder.transmit_message_types[0]: 'policy_events' is not a message type; did you mean POLICY_EVENTS? Upper and lower case matter\n"
            + ":1:74: local_forwarder.transmit_message_types[1]: 'ACTIVITY_AUDIT' is not a message type; known are POLICY_EVENTS, SECURE_AUDIT, AUDIT_TAP. Channels are named in the integrations' file" },
        { "- a", ":1:1: must be a mapping (key: value), not a list" },
        { "local_forwarder:\n\tenabled: true", ":2:1: a tab in the indentation; YAML allows only spaces there" },
    };

    public static TheoryData<string, bool, string[], string> Good => new()
    {
        { "local_forwarder: {enabled: true, transmit_message_types: [POLICY_EVENTS, SECURE_AUDIT]}", true, ["SECURE_EVENTS_POLICIES", "POLICY_EVENTS", "ACTIVITY_AUDIT"], "" },
        { "customerid: x\ntags: a:b\nlog: {file_priority: info}\nlocal_forwarder:\n  enabled: true\n  transmit_message_types:\n    - AUDIT_TAP\n", true, ["AUDIT_TAP"], "" },
        { "local_forwarder: {enabled: true}", true, ["SECURE_EVENTS_POLICIES", "POLICY_EVENTS", "ACTIVITY_AUDIT"], "" },
        { "local_forwarder: {enabled: true, transmit_message_types: []}", true, [], "" },
        { "local_forwarder: {enabled: false}", false, ["SECURE_EVENTS_POLICIES", "POLICY_EVENTS", "ACTIVITY_AUDIT"], "/etc/webhook/a.yaml:1:28: warning: local_forwarder.enabled: is false: the sensor hands nothing over" },
        { "customerid: x", false, ["SECURE_EVENTS_POLICIES", "POLICY_EVENTS", "ACTIVITY_AUDIT"], "/etc/webhook/a.yaml:1:1: warning: local_forwarder: is missing: the sensor hands nothing over; set local_forwarder.enabled to true" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Read_Wrong_SaysWhereAndWhy(string text, string found)
    {
        using var example = new FileExample();
        example.ReadAgent(text).ShouldBeNull();
        example.Found.ShouldBe(string.Join('\n', found.Split('\n').Select(static line => "/etc/webhook/a.yaml" + line)));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void Read_Good_TellsTheChannels(string text, bool isEnabled, string[] channels, string found)
    {
        using var example = new FileExample();
        var agent = example.ReadAgent(text)!;
        agent.IsEnabled.ShouldBe(isEnabled);
        agent.Channels.ShouldBe(channels, ignoreOrder: true);
        example.Found.ShouldBe(found);
    }

    [Fact]
    public void Compare_ChannelsThatTheSensorKeeps_AreWarnedOf()
    {
        using var example = new FileExample();
        var file = example.Read("integrations:\n- type: LOCAL\n  channels: [SECURE_EVENTS_POLICIES, ACTIVITY_AUDIT, MONITOR_EVENTS]\n  configuration: {output: stdout}\n")!;
        example.ReadAgent("local_forwarder: {enabled: true, transmit_message_types: [POLICY_EVENTS]}")!.Compare(file, example.Errors);
        example.Found.ShouldBe("""
            /etc/webhook/f.yaml:3:13: warning: integrations[0].channels: the sensor does not hand over 'ACTIVITY_AUDIT': add SECURE_AUDIT to local_forwarder.transmit_message_types in the agent's file
            /etc/webhook/f.yaml:3:13: warning: integrations[0].channels: the sensor does not hand over 'MONITOR_EVENTS': no message type of a sensor carries it; only what is sent to this program by others comes
            """);
        example.Errors.Any.ShouldBeFalse();
    }
}
