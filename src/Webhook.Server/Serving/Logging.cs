using Serilog;
using Serilog.Formatting.Compact;

namespace Webhook.Server.Serving;

internal static class Logging
{
    /// <summary>Serilog on standard error: readable on a terminal, one JSON object a line when it goes to a file or a pipe.</summary>
    public static void AddServeLogging(this IServiceCollection services) =>
        services.AddSerilog((provider, log) =>
        {
            log.ReadFrom.Configuration(provider.GetRequiredService<IConfiguration>()).Enrich.FromLogContext().Enrich.With<PathTokenMask>();
            if (Console.IsErrorRedirected)
                log.WriteTo.Console(new CompactJsonFormatter(), standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose);
            else
                log.WriteTo.Console(
                    outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}",
                    formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                    standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose);
        });
}
