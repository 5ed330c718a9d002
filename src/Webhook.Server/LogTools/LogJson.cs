using System.Text.Json.Serialization;

namespace Webhook.Server.LogTools;

/// <param name="Events">That were read, each with its checksum.</param>
/// <param name="EventsLost">null: nobody can tell.</param>
internal sealed record VerifyResource(
    string Log, bool IsDamaged, long Events, long Blocks, long Bytes, long? EventsLost, long DeadLettersLost, IReadOnlyList<LogDamage> Damage, IReadOnlyList<KnownLoss> KnownLosses)
{
    public static VerifyResource Of(LogFindings findings) => new(
        findings.Log, findings.IsDamaged, findings.Contents.Events, findings.Contents.Blocks, findings.Contents.Bytes, findings.EventsLost, findings.DeadLettersLost, findings.Damage, findings.KnownLosses);
}

/// <param name="IsRepaired">false: nothing had to be or, with <c>--dry-run</c>, nothing was.</param>
/// <param name="Copy">The folder with all files as they were.</param>
internal sealed record RepairResource(
    string Log, bool IsDamaged, bool IsRepaired, long? EventsLost, long DeadLettersLost, IReadOnlyList<LogDamage> Damage, string? Copy);

[JsonSerializable(typeof(LogOverview))]
[JsonSerializable(typeof(VerifyResource))]
[JsonSerializable(typeof(RepairResource))]
internal sealed partial class LogJson : JsonSerializerContext
{
    public static LogJson Readable { get; } = new(ReadableJson.NewOptions());
}
