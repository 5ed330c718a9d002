using System.Globalization;
using System.Text.Json;

namespace Webhook.Actors.Events;

/// <summary>Writes Falco's alert as a policy event. Strings keep their spelling; values of fields become strings, also numbers, digit by digit.</summary>
internal static class FalcoPolicyEvent
{
    /// <param name="id">The event's identity; Falco gives none.</param>
    /// <param name="receivedAt">Stands for the time of an alert that has none.</param>
    /// <returns>What cannot be mapped; then what was written is no use.</returns>
    public static Fault? Write(in FalcoAlert alert, Utf8JsonWriter writer, Guid id, DateTimeOffset receivedAt)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("type"u8, "policy"u8);
        WriteTime(alert, writer, receivedAt);
        writer.WriteString("originator"u8, "policy"u8);
        writer.WriteString("category"u8, "runtime"u8);
        if (!alert.Source.IsEmpty) WriteRaw(writer, "source"u8, alert.Source);
        writer.WriteString("engine"u8, "falco"u8);
        WriteRaw(writer, "name"u8, alert.Rule);
        writer.WriteNumber("severity"u8, alert.Severity);

        writer.WriteStartObject("content"u8);
        WriteRaw(writer, "ruleName"u8, alert.Rule);
        writer.WriteString("ruleType"u8, "RULE_TYPE_FALCO"u8);
        WriteTags(alert, writer);
        WriteRaw(writer, "output"u8, alert.Output);
        var fault = WriteFields(alert, writer);
        if (fault is not null) return fault;
        writer.WriteEndObject();

        writer.WriteStartObject("labels"u8);
        if (!alert.Hostname.IsEmpty) WriteRaw(writer, "host.hostName"u8, alert.Hostname);
        writer.WriteEndObject();
        writer.WriteEndObject();
        return null;
    }

    private static void WriteTime(in FalcoAlert alert, Utf8JsonWriter writer, DateTimeOffset receivedAt)
    {
        var time = alert.TimeText.IsEmpty ? EventTimestamp.From(receivedAt) : alert.Time;
        Span<byte> digits = stackalloc byte[TimestampText.MaxGrowth];
        WriteRaw(writer, "timestamp"u8, digits[..TimestampText.Format(time, TimestampResolution.Nanoseconds, digits)]);
        if (alert.TimeText.IsEmpty)
            writer.WriteString("timestampRFC3339Nano"u8, receivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture));
        else
            WriteRaw(writer, "timestampRFC3339Nano"u8, alert.TimeText);
    }

    private static void WriteTags(in FalcoAlert alert, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("ruleTags"u8);
        if (!alert.Tags.IsEmpty)
        {
            var reader = new Utf8JsonReader(alert.Tags, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) WriteAsString(ref reader, alert.Tags, writer);
        }

        writer.WriteEndArray();
    }

    private static Fault? WriteFields(in FalcoAlert alert, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("fields"u8);
        if (!alert.OutputFields.IsEmpty)
        {
            var reader = new Utf8JsonReader(alert.OutputFields, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryWriteName(ref reader, writer))
                    return new Fault(IngestFault.FalcoAlert, $"has in output_fields the key \"{Excerpt.Of(reader.ValueSpan)}\", which holds half a surrogate pair");
                reader.Read();
                WriteAsString(ref reader, alert.OutputFields, writer);
            }
        }

        writer.WriteEndObject();
        return null;
    }

    private static bool TryWriteName(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (!reader.ValueIsEscaped)
        {
            writer.WritePropertyName(reader.ValueSpan);
            return true;
        }

        try
        {
            writer.WritePropertyName(reader.GetString()!);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void WriteAsString(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        var start = (int)reader.TokenStartIndex;
        var isString = reader.TokenType == JsonTokenType.String;
        var isNull = reader.TokenType == JsonTokenType.Null;
        reader.Skip();
        var raw = json[start..(int)reader.BytesConsumed];
        if (isString) writer.WriteRawValue(raw, skipInputValidation: true);
        else writer.WriteStringValue(isNull ? [] : raw);
    }

    // Taken out of a document that was read as valid.
    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value, skipInputValidation: true);
    }
}
