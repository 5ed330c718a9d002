using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Webhook.Server.Serving;

namespace Webhook.Server.Tests.Serving;

public sealed class PathTokenMaskTests
{
    [Theory]
    [InlineData("/v1/falco/hunter2-hunter2-hunter2", "/v1/falco/***")]
    [InlineData("/V1/Falco//hunter2?partial=true", "/v1/falco/***?partial=true")]
    [InlineData("POST http://host/v1/falco/hunter2 HTTP/1.1", "POST http://host/v1/falco/*** HTTP/1.1")]
    [InlineData("/v1/falco", "/v1/falco")]
    [InlineData("/v1/events/SECURE_EVENTS_POLICIES", "/v1/events/SECURE_EVENTS_POLICIES")]
    public void The_key_in_the_path_is_in_no_property_not_even_those_of_a_scope(string path, string logged)
    {
        var sink = new Kept();
        using var serilog = new LoggerConfiguration().Enrich.FromLogContext().Enrich.With<PathTokenMask>().WriteTo.Sink(sink).CreateLogger();
        using var factory = new SerilogLoggerFactory(serilog);
        var logger = factory.CreateLogger("Kestrel");

        using (logger.BeginScope(new Dictionary<string, object> { ["RequestPath"] = path })) logger.LogError("{Path} failed", path);

        var entry = sink.Entries.ShouldHaveSingleItem();
        ((ScalarValue)entry.Properties["RequestPath"]).Value.ShouldBe(logged);
        entry.RenderMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldBe($"\"{logged}\" failed");
    }

    private sealed class Kept : ILogEventSink
    {
        public List<LogEvent> Entries { get; } = [];

        public void Emit(LogEvent logEvent) => Entries.Add(logEvent);
    }
}
