using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Webhook.Actors.Sending;

namespace Webhook.Server.Receiving;

/// <summary>Receipts for programs: one JSON object a line for each request, at the end one with <c>summary</c>.</summary>
internal sealed class JsonReceipts(Stream output) : IReceiptWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(Receipt receipt) => WriteLine(json =>
    {
        json.WriteString("time", receipt.Time);
        json.WriteString("request", receipt.RequestLine);
        if (receipt.Headers.TryGetValue("webhook-id", out var id)) json.WriteString("webhookId", id.ToString());
        json.WriteString("outcome", Name(receipt.Outcome));
        if (receipt.Status is { } status) json.WriteNumber("status", status);
        else json.WriteNull("status");
        if (receipt.Reason is { } reason) json.WriteString("reason", reason);
        json.WriteNumber("count", receipt.Events.Count);
        json.WriteNumber("bytes", receipt.Body.Length);
        WriteVerdicts(json, receipt.Verdicts);
        json.WriteStartObject("headers");
        foreach (var (name, value) in ReceiptHeaders.Shown(receipt.Headers, all: true)) json.WriteString(name, value);
        json.WriteEndObject();
        if (receipt.RefusedEvents.Count > 0)
        {
            json.WriteStartArray("refused");
            foreach (var index in receipt.RefusedEvents) json.WriteNumberValue(index);
            json.WriteEndArray();
        }

        json.WriteStartArray("events");
        foreach (var one in receipt.Events) json.WriteRawValue(OneLine(receipt.Body.Span.Slice(one.Offset, one.Length)), skipInputValidation: true);
        json.WriteEndArray();
    });

    public void Finish(ReceiverCounts counts) => WriteLine(json =>
    {
        json.WriteStartObject("summary");
        json.WriteNumber("requests", counts.Requests);
        json.WriteNumber("batches", counts.Batches);
        json.WriteNumber("events", counts.Events);
        json.WriteNumber("repeats", counts.Repeats);
        json.WriteNumber("refused", counts.Refused);
        json.WriteNumber("failed", counts.Failed);
        json.WriteEndObject();
    });

    private static void WriteVerdicts(Utf8JsonWriter json, IReadOnlyList<Verdict> verdicts)
    {
        json.WriteStartArray("verdicts");
        foreach (var verdict in verdicts)
        {
            json.WriteStartObject();
            json.WriteString("check", verdict.Check);
            json.WriteBoolean("passed", verdict.Passed);
            if (verdict.Reason is { } reason) json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteLine(Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
        output.Flush();
    }

    // As it came, but for line breaks between its tokens.
    private static byte[] OneLine(ReadOnlySpan<byte> json)
    {
        var line = json.ToArray();
        BatchText.ToOneLine(line);
        return line;
    }

    private static string Name(ReceiptOutcome outcome) => outcome switch
    {
        ReceiptOutcome.Taken => "taken",
        ReceiptOutcome.Repeat => "repeat",
        ReceiptOutcome.Refused => "refused",
        ReceiptOutcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
