using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Webhook.Load;

/// <summary>
/// Open loop: so many events a second, whether the answers come or not. Each event carries when it was due; a generator that falls behind does not hide that.
/// </summary>
internal sealed class SteadyLoad : IDisposable
{
    /// <summary>Before the time an event was due, in microseconds on <see cref="Stopwatch"/>'s clock, 15 digits.</summary>
    public const string DueMarker = "\"due\":\"";

    /// <summary>Before an event's number, 15 digits.</summary>
    public const string NumberMarker = "\"id\":\"";

    private const int Digits = 15;

    // Events of one request are due together. Shorter, and the requests cost more than what they carry; longer, and the load comes in gulps.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _client;
    private readonly Uri _ingest;
    private readonly int _eventsEach;
    private readonly byte[] _template;
    private readonly int[] _numbers;
    private readonly int[] _dues;
    private long _next;
    private long _acknowledged;
    private long _refused;

    public SteadyLoad(Uri server, string key, int eventsPerSecond, int eventBytes)
    {
        _client = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        _ingest = new Uri(server, $"/v1/events/{LoadGenerator.Channel}");
        _eventsEach = Math.Max(1, (int)Math.Round(eventsPerSecond * Interval.TotalSeconds));
        (_template, _numbers, _dues) = Template(eventBytes);
    }

    /// <summary>Events acknowledged so far.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Requests refused so far.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public static long NowMicroseconds => (long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency));

    public async Task RunAsync(TimeSpan duration, CancellationToken cancellation)
    {
        var start = NowMicroseconds;
        List<Task> sent = [];
        for (var due = TimeSpan.Zero; due < duration; due += Interval)
        {
            var at = start + (long)due.TotalMicroseconds;
            if (at - NowMicroseconds is var early and > 1000) await Task.Delay(TimeSpan.FromMilliseconds(early / 1000), cancellation);
            sent.Add(SendAsync(at, cancellation));
        }

        await Task.WhenAll(sent);
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(long due, CancellationToken cancellation)
    {
        var body = _template.ToArray();
        for (var i = 0; i < _eventsEach; i++)
        {
            Write(body, _numbers[i], _next++);
            Write(body, _dues[i], due);
        }

        using var content = new ByteArrayContent(body);
        using var response = await _client.PostAsync(_ingest, content, cancellation);
        if (response.StatusCode == HttpStatusCode.Accepted) Interlocked.Add(ref _acknowledged, _eventsEach);
        else Interlocked.Increment(ref _refused);
    }

    private static void Write(byte[] body, int at, long value) => value.TryFormat(body.AsSpan(at, Digits), out _, "D15", CultureInfo.InvariantCulture);

    private (byte[] Body, int[] Numbers, int[] Dues) Template(int eventBytes)
    {
        var (numbers, dues) = (new int[_eventsEach], new int[_eventsEach]);
        var body = new StringBuilder("[");
        for (var i = 0; i < _eventsEach; i++)
        {
            if (i > 0) body.Append(',');
            var start = body.Length;
            numbers[i] = body.Append('{').Append(NumberMarker).Length;
            dues[i] = body.Append('0', Digits).Append("\",").Append(DueMarker).Length;
            body.Append('0', Digits).Append("\",\"type\":\"policy\",\"timestamp\":1764000000000000000,\"severity\":4,\"content\":{\"output\":\"");
            body.Append('x', Math.Max(0, eventBytes - (body.Length - start) - 3)).Append("\"}}");
        }

        return (Encoding.ASCII.GetBytes(body.Append(']').ToString()), numbers, dues);
    }
}
