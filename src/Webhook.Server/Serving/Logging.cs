using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Webhook.Server.Serving;

internal static class Logging
{
    /// <summary>Serilog on standard error: readable on a terminal, one JSON object a line when it goes to a file or a pipe.</summary>
    public static void AddServeLogging(this IServiceCollection services) =>
        services.AddSerilog((provider, log) =>
        {
            // As long as it could log, it makes an activity of every request. Settings may turn it on.
            log.MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off);
            log.ReadFrom.Configuration(provider.GetRequiredService<IConfiguration>()).Enrich.FromLogContext().Enrich.With<PathTokenMask>();
            if (Console.IsErrorRedirected)
                log.WriteTo.Console(new CompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose);
            else
                log.WriteTo.Console(
                    outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}",
                    formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                    standardErrorFromLevel: LogEventLevel.Verbose);
        });
}
