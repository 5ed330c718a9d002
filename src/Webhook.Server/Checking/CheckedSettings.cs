using System.Text.Json;
using Microsoft.Extensions.Options;
using Webhook.Actors.Events;
using Webhook.Actors.Sending;
using Webhook.Server.Access;
using Webhook.Server.Serving;
using Webhook.Server.Settings;

namespace Webhook.Server.Checking;

/// <summary>The settings as <c>serve</c> would have them, and everything that is wrong with them.</summary>
internal sealed class CheckedSettings : IAsyncDisposable
{
    private readonly WebApplication? _app;

    private CheckedSettings(WebApplication? app, IReadOnlyList<string> errors)
    {
        _app = app;
        Errors = errors;
    }

    public IReadOnlyList<string> Errors { get; }

    /// <summary>The defaults where the settings are wrong: files are checked all the same.</summary>
    public ChannelOptions Channels => Get<ChannelOptions>();

    public EgressOptions Egress => Get<EgressOptions>();

    public static CheckedSettings Read(ServeArguments arguments, Dictionary<string, string?> commandLine)
    {
        List<string> errors =
        [
            .. new[] { AccessKeys.AdminTokenVariable, AccessKeys.IngestKeyVariable }
                .Select(static variable => AccessKeys.CheckToken(variable, Environment.GetEnvironmentVariable(variable))).OfType<string>(),
        ];
        try
        {
            var app = ServeHost.Build(arguments, commandLine, keys: null);
            return new CheckedSettings(app, [.. errors, .. SettingsCheck.FindErrors(app.Services)]);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return new CheckedSettings(null, [.. errors, Describe(e, arguments.Node.SettingsFile)]);
        }
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string Describe(Exception e, string? file)
    {
        if (e is FileNotFoundException or DirectoryNotFoundException) return $"there is no file {file}";
        for (var cause = e.InnerException; cause is not null; cause = cause.InnerException)
            if (cause is JsonException json) return FormattableString.Invariant($"{file} is not JSON: line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}");
        return e.Message;
    }

    private T Get<T>()
        where T : class, new()
    {
        try
        {
            return _app?.Services.GetRequiredService<IOptions<T>>().Value ?? new T();
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            return new T();
        }
    }
}
