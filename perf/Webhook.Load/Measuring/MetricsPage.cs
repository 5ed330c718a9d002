using System.Globalization;

namespace Webhook.Load.Measuring;

/// <summary>One counter on a Prometheus page.</summary>
internal sealed class MetricsPage(Uri address, string metric) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <returns>The sum over its labels; null when page or metric are not there.</returns>
    public async Task<double?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return Sum(await _client.GetStringAsync(address, cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private double? Sum(string page)
    {
        double? sum = null;
        foreach (var line in page.Split('\n'))
        {
            if (!line.StartsWith(metric, StringComparison.Ordinal) || line.Length <= metric.Length || line[metric.Length] is not (' ' or '{')) continue;
            var value = line[(line.LastIndexOf('}') is var labels and >= 0 ? labels + 1 : metric.Length)..].Trim().Split(' ')[0];
            if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) sum = (sum ?? 0) + number;
        }

        return sum;
    }
}
