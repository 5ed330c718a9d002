using System.Globalization;
using System.Text.Json;

namespace Webhook.Benchmarks.Allocations;

/// <summary>What each benchmark may allocate: the checked-in file, bytes an event by the benchmark's name.</summary>
internal sealed class AllocationBudget
{
    /// <summary>From the repository's root.</summary>
    public const string File = "perf/Webhook.Benchmarks/allocations.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly SortedDictionary<string, double> _bytes;

    private AllocationBudget(SortedDictionary<string, double> bytes) => _bytes = bytes;

    public static AllocationBudget Of(IEnumerable<KeyValuePair<string, double>> measured) =>
        new(new SortedDictionary<string, double>(measured.ToDictionary(static m => m.Key, static m => Math.Round(m.Value, 2)), StringComparer.Ordinal));

    public static AllocationBudget Read(string json) => Of(JsonSerializer.Deserialize<Dictionary<string, double>>(json)!);

    /// <summary>In the order of the names, so that a change is one line of a diff.</summary>
    public string Write() => JsonSerializer.Serialize(_bytes, Json) + "\n";

    /// <summary>The file of the working tree that this program was built in.</summary>
    /// <exception cref="FileNotFoundException">It is run outside of one.</exception>
    public static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, File) is var file && System.IO.File.Exists(file)) return file;
        }

        throw new FileNotFoundException($"There is no {File} above {AppContext.BaseDirectory}; run the program where it was built.");
    }

    /// <summary>One verdict for each benchmark that was measured, and for each in the file that was not.</summary>
    public IReadOnlyList<AllocationVerdict> Compare(IReadOnlyDictionary<string, double> measured) =>
    [
        .. measured.Select(m => new AllocationVerdict(m.Key, m.Value, _bytes.TryGetValue(m.Key, out var expected) ? expected : null)),
        .. _bytes.Where(b => !measured.ContainsKey(b.Key)).Select(static b => new AllocationVerdict(b.Key, null, b.Value)),
    ];
}

/// <summary>A benchmark's allocations against what the file says.</summary>
/// <param name="Measured">Bytes an event; null: there is no such benchmark any more.</param>
/// <param name="Expected">Bytes an event; null: the file does not know it.</param>
internal sealed record AllocationVerdict(string Benchmark, double? Measured, double? Expected)
{
    /// <summary>How to make what was measured the new measure.</summary>
    public const string Accept = "dotnet run -c Release --project perf/Webhook.Benchmarks -- allocations --update";

    // From run to run most results are the same to a hundredth of a byte. Those of the whole stream, whose stages meet on several threads (how many requests share a commit, was an answer
    // there already), differ by 1 %, and by more on a busy or another machine. The smallest object has 24 bytes: one more for every tenth event is above the fixed part, and one
    // more for each request of a single event above the share, as long as that request allocates less than 480 bytes.
    private const double FixedTolerance = 2;
    private const double ShareTolerance = 0.05;
    private const double StreamTolerance = 0.15;

    public AllocationStanding Standing => (Measured, Expected) switch
    {
        (null, _) => AllocationStanding.Gone,
        (_, null) => AllocationStanding.Unknown,
        var (measured, expected) when measured > Limit => AllocationStanding.Above,
        var (measured, expected) when measured < expected - Tolerance => AllocationStanding.Below,
        _ => AllocationStanding.Within,
    };

    /// <summary>Bytes an event from which on it is too much.</summary>
    public double? Limit => Expected + Tolerance;

    public bool Fails => Standing is AllocationStanding.Above or AllocationStanding.Unknown or AllocationStanding.Gone;

    /// <summary>For people; null: there is nothing to say.</summary>
    public string? Message => Standing switch
    {
        AllocationStanding.Above => Text(
            $"{Benchmark} allocates {Measured:F1} bytes an event, {Expected:F1} are in {AllocationBudget.File} and the limit is {Limit:F1}. If it is meant to, accept it with: {Accept}"),
        AllocationStanding.Unknown => Text($"{Benchmark} allocates {Measured:F1} bytes an event and is not in {AllocationBudget.File}. Accept it with: {Accept}"),
        AllocationStanding.Gone => Text($"{Benchmark} is in {AllocationBudget.File} and there is no such benchmark. Take it out with: {Accept}"),
        AllocationStanding.Below => Text(
            $"{Benchmark} allocates {Measured:F1} bytes an event, fewer than the {Expected:F1} in {AllocationBudget.File}. So that it stays like this: {Accept}"),
        _ => null,
    };

    private double? Tolerance => Expected is { } expected ? Math.Max(FixedTolerance, expected * (IsWholeStream ? StreamTolerance : ShareTolerance)) : null;

    private bool IsWholeStream => Benchmark.StartsWith("Delivery.StreamBenchmarks.", StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

internal enum AllocationStanding
{
    Within,

    /// <summary>Clearly better.</summary>
    Below,

    Above,

    /// <summary>Not in the file.</summary>
    Unknown,

    /// <summary>In the file only.</summary>
    Gone,
}
