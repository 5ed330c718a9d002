using System.Text;
using System.Text.Json;
using Webhook.Actors.Events;
using Webhook.Server.Client.Output;

namespace Webhook.Server.LogTools;

/// <summary><c>webhook log inspect</c>.</summary>
internal static class InspectRun
{
    public static async Task<int> OverviewAsync(string data, ClientOutput output, CancellationToken cancellation)
    {
        using var folder = LogFolder.Open(data);
        await using var log = OpenLog.View(folder);
        var overview = await LogOverview.ReadAsync(log, folder, cancellation);
        if (output.IsJson) output.Writer.WriteLine(JsonSerializer.Serialize(overview, LogJson.Readable.LogOverview));
        else LogViews.Overview(output, overview);
        return ExitCode.Done;
    }

    /// <summary>One event a line.</summary>
    public static async Task<int> EventsAsync(string data, long from, long count, ClientOutput output, CancellationToken cancellation)
    {
        using var folder = LogFolder.Open(data);
        await using var log = OpenLog.View(folder);
        await using var lines = PipeOutput.Open(output);
        while (count > 0 && await log.Engine.ReadAsync(0, from, cancellation) is { } block)
        {
            for (var i = (int)Math.Max(0, from - block.FirstSequence); i < block.Count && count > 0; i++, count--)
            {
                cancellation.ThrowIfCancellationRequested();
                // Whoever reads has seen enough when the pipe is closed.
                if (!lines.TryWriteLine(output.IsJson ? JsonOf(block, i) : TextOf(block, i), static (writer, line) => writer.WriteLine(line))) count = 0;
            }

            from = block.LastSequence + 1;
            block.Release();
        }

        return ExitCode.Done;
    }

    private static string TextOf(EventBlock block, int index) => Shown.Clean(FormattableString.Invariant(
        $"{block.FirstSequence + index}  {Shown.Time(LogContents.StoredAt(block))}  {ChannelOf(block, index)}  {Encoding.UTF8.GetString(block.Event(index))}"));

    private static string JsonOf(EventBlock block, int index)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = ReadableJson.NewOptions().Encoder }))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence"u8, block.FirstSequence + index);
            json.WriteString("storedAt"u8, LogContents.StoredAt(block));
            json.WriteString("channel"u8, ChannelOf(block, index));
            json.WritePropertyName("event"u8);
            // Written anew, since an event may have line breaks.
            using (var parsed = JsonDocument.Parse(block.Event(index).ToArray())) parsed.RootElement.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static string ChannelOf(EventBlock block, int index) => block.Channels[block.Entries[index].Channel];
}
