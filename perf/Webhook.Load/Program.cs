using System.CommandLine;
using System.Globalization;
using Webhook.Load;

var server = new Option<string>("--server") { Description = "The forwarder under test.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
var key = new Option<string>("--key") { Description = "Its ingest key; by default WEBHOOK_INGEST_KEY.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("WEBHOOK_INGEST_KEY") ?? "" };
var admin = new Option<string>("--admin-token") { Description = "Its admin token, to make the integrations with; by default WEBHOOK_ADMIN_TOKEN.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("WEBHOOK_ADMIN_TOKEN") ?? "" };
var listen = new Option<int>("--listen") { Description = "Port of the receiver on loopback.", DefaultValueFactory = _ => 9000 };
var integrations = new Option<int>("--integrations") { Description = "Integrations, all to the one receiver.", DefaultValueFactory = _ => 1 };
var delay = new Option<int>("--batch-delay") { Description = "maxBatchDelayMs of the integrations.", DefaultValueFactory = _ => 50 };
var seconds = new Option<int>("--seconds") { Description = "How long to send.", DefaultValueFactory = _ => 10 };
var connections = new Option<int>("--connections") { Description = "Requests in flight.", DefaultValueFactory = _ => 4 };
var events = new Option<int>("--events") { Description = "Events a request.", DefaultValueFactory = _ => 1000 };
var bytes = new Option<int>("--bytes") { Description = "Bytes an event.", DefaultValueFactory = _ => 652 };
var process = new Option<int?>("--process") { Description = "Process id of the program under test, for its CPU time and memory." };

var load = new RootCommand("Closed-loop load on a forwarder: sends events with unique numbers, receives the batches, counts what is missing or repeated.")
{
    server, key, admin, listen, integrations, delay, seconds, connections, events, bytes, process,
};
load.SetAction(async (parsed, cancellation) =>
{
    var address = new Uri(parsed.GetRequiredValue(server));
    await using var receiver = await CountingReceiver.StartAsync(parsed.GetValue(listen));
    await using var made = await LoadIntegration.CreateAsync(
        address, parsed.GetRequiredValue(admin), Enumerable.Repeat(new Uri($"http://127.0.0.1:{parsed.GetValue(listen)}/hook"), parsed.GetValue(integrations)), parsed.GetValue(delay));
    using var observed = parsed.GetValue(process) is { } id ? new ObservedProcess(id) : null;
    var generator = new LoadGenerator(
        address, parsed.GetRequiredValue(key), parsed.GetValue(connections), parsed.GetValue(events), parsed.GetValue(bytes));
    var run = await generator.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation);
    var drained = await receiver.WaitAsync(run.Acknowledged * parsed.GetValue(integrations), TimeSpan.FromSeconds(60), cancellation);

    var culture = CultureInfo.InvariantCulture;
    Console.WriteLine(string.Create(culture, $"sent       {run.Acknowledged:N0} events acknowledged in {run.Took.TotalSeconds:F1} s, {run.Refused:N0} requests refused"));
    Console.WriteLine(string.Create(culture, $"           {run.Acknowledged / run.Took.TotalSeconds / 1000:F1} k events/s in; acknowledgement p50 {run.P50.TotalMilliseconds:F1} ms, p99 {run.P99.TotalMilliseconds:F1} ms"));
    Console.WriteLine(string.Create(culture, $"received   {receiver.Events:N0} events in {receiver.Requests:N0} requests; {receiver.Distinct:N0} different ones, {run.Acknowledged - receiver.Distinct:N0} missing"));
    Console.WriteLine(string.Create(culture, $"end to end {receiver.Events / (run.Took + drained).TotalSeconds / 1000:F1} k deliveries/s, the last {drained.TotalSeconds:F2} s after the last was sent"));
    if (observed is not null) Console.WriteLine(observed.Describe(run.Acknowledged));
    return receiver.Distinct >= run.Acknowledged ? 0 : 1;
});
load.Subcommands.Add(IsolationCommand.Create(server, key, admin, listen, delay, bytes));
return await load.Parse(args).InvokeAsync();
