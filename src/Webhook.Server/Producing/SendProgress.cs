using System.Globalization;
using Spectre.Console;

namespace Webhook.Server.Producing;

/// <summary>A bar and the rate while events are sent: on a terminal only, and gone at the end.</summary>
internal static class SendProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static async Task<T> ShowAsync<T>(bool isQuiet, SendTally tally, Stream input, TimeProvider time, Func<Task<T>> work)
    {
        if (isQuiet || Console.IsOutputRedirected) return await work();
        return await AnsiConsole.Progress().AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                var started = time.GetTimestamp();
                var bar = context.AddTask("", maxValue: input.CanSeek ? Math.Max(1, input.Length) : 1);
                bar.IsIndeterminate = !input.CanSeek;
                var working = work();
                using var tick = new PeriodicTimer(Interval, time);
                while (!working.IsCompleted)
                {
                    await Task.WhenAny(working, tick.WaitForNextTickAsync().AsTask());
                    if (input.CanSeek) bar.Value = input.Position;
                    bar.Description = Describe(tally, time.GetElapsedTime(started));
                }

                return await working;
            });
    }

    private static string Describe(SendTally tally, TimeSpan took) => Markup.Escape(string.Create(
        CultureInfo.InvariantCulture,
        $"{tally.Accepted} events, {tally.Accepted / Math.Max(took.TotalSeconds, 0.001):0}/s{(tally.Refused > 0 ? $", {tally.Refused} refused" : "")}{(tally.WaitsFor is { } reason ? $"; again: {reason}" : "")}"));
}
