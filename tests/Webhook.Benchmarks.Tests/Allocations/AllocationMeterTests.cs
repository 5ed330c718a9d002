using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Webhook.Benchmarks.Allocations;

namespace Webhook.Benchmarks.Tests.Allocations;

/// <summary>Allocations are counted for the whole process, so nothing may run beside these.</summary>
[CollectionDefinition(nameof(AllocationMeterTests), DisableParallelization = true)]
[Collection(nameof(AllocationMeterTests))]
public sealed class AllocationMeterTests
{
    private const int Objects = 1000;

    // The smallest object of 64 bits: header, type, one field.
    private const double ObjectBytes = 24;

    [Theory]
    [InlineData(nameof(Known.Nothing), 0)]
    [InlineData(nameof(Known.OneEach), ObjectBytes)]
    [InlineData(nameof(Known.OneEachOnAnotherThread), ObjectBytes)]
    public async Task MeasureAsync_KnownNumberOfObjects_TheirBytesForEachOperation(string method, double bytes)
    {
        var benchmark = BenchmarkConverter.TypeToBenchmarks(typeof(Known)).BenchmarksCases.Single(b => b.Descriptor.WorkloadMethod.Name == method);

        (await AllocationMeter.MeasureAsync(benchmark)).ShouldBe(bytes, tolerance: 1);
    }

    // Public, as BenchmarkDotNet wants it.
    public class Known
    {
        private object[] _kept = [];

        [Params(Objects)]
        public int Count { get; set; }

        [GlobalSetup]
        public async Task Setup()
        {
            await Task.Yield();
            _kept = new object[Count];
        }

        [GlobalCleanup]
        public void Cleanup() => _kept = [];

        [Benchmark(OperationsPerInvoke = Objects)]
        public int Nothing() => _kept.Length;

        [Benchmark(OperationsPerInvoke = Objects)]
        public int OneEach()
        {
            for (var i = 0; i < _kept.Length; i++) _kept[i] = new object();
            return _kept.Length;
        }

        [Benchmark(OperationsPerInvoke = Objects)]
        public Task OneEachOnAnotherThread() => Task.Run(OneEach);
    }
}
