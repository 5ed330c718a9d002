using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Webhook.Load.Measuring;

/// <summary>Allocation and garbage collection of another process, if it is .NET: its runtime's own counters, which need nothing in the program.</summary>
internal sealed class DotNetCounters : IDisposable
{
    private readonly EventPipeSession _session;
    private readonly Lock _gate = new();
    private double _allocated;
    private double _gcPercent;
    private double _heap;

    private DotNetCounters(EventPipeSession session) => _session = session;

    /// <summary>Bytes since the start of the observation, the share of the last second in garbage collection, and the bytes that the last one left.</summary>
    public (double AllocatedBytes, double GcPercent, double HeapBytes) Read()
    {
        lock (_gate) return (_allocated, _gcPercent, _heap);
    }

    /// <returns>Null when the process is not .NET, or does not let itself be observed.</returns>
    public static DotNetCounters? TryObserve(int processId)
    {
        if (!DiagnosticsClient.GetPublishedProcesses().Contains(processId)) return null;
        try
        {
            var provider = new EventPipeProvider("System.Runtime", EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" });
            var counters = new DotNetCounters(new DiagnosticsClient(processId).StartEventPipeSession(provider, requestRundown: false));
            new Thread(counters.Run) { IsBackground = true, Name = "counters" }.Start();
            return counters;
        }
        catch (Exception e) when (e is ServerNotAvailableException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            _session.Stop();
        }
        catch (Exception e) when (e is ServerNotAvailableException or IOException or TimeoutException)
        {
            // The process has ended.
        }

        _session.Dispose();
    }

    private void Run()
    {
        try
        {
            using var source = new EventPipeEventSource(_session.EventStream);
            source.Dynamic.All += Take;
            source.Process();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or FormatException)
        {
            // The process or this run has ended.
        }
    }

    private void Take(TraceEvent sample)
    {
        if (sample.EventName != "EventCounters" || sample.PayloadValue(0) is not IDictionary<string, object> payload || payload["Payload"] is not IDictionary<string, object> counter) return;
        lock (_gate)
        {
            switch (counter["Name"])
            {
                case "alloc-rate": _allocated += (double)counter["Increment"]; break;
                case "time-in-gc": _gcPercent = (double)counter["Mean"]; break;
                case "gc-heap-size": _heap = (double)counter["Mean"] * 1e6; break;
            }
        }
    }
}
