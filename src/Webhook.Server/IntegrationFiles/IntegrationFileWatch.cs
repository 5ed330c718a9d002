using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationFiles;

/// <summary>
/// Keeps the integrations as their file says: at the start, before anything is taken in, and after each change of the file or of a secret that it refers to. A file that is wrong changes nothing:
/// what is wrong is logged, and what was in force stays in force.
/// </summary>
/// <remarks>
/// It reads the file again and again instead of listening: editors, configuration management and mounted volumes replace files in ways that no notification tells of, and a small file
/// costs less to read than to watch.
/// </remarks>
internal sealed partial class IntegrationFileWatch(
    IntegrationSource source, IntegrationFileReader reader, ManagedIntegrations managed, ISecretProtector protector, TimeProvider time,
    ILogger<IntegrationFileWatch> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _file = source.File ?? throw new ArgumentException("There is no file to watch.", nameof(source));
    private IReadOnlyList<FileIntegration>? _applied;
    private string _lastSaid = "";

    /// <summary>Returns once the file is in force, as far as it can be.</summary>
    /// <exception cref="InvalidDataException">The file is wrong.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var errors = new FileErrors();
        var wanted = reader.Read(_file, errors) ?? throw new InvalidDataException(string.Join(Environment.NewLine, errors.Errors));
        await ApplyAsync(wanted, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(Interval, time);
        while (await tick.WaitForNextTickAsync(stoppingToken))
        {
            var errors = new FileErrors();
            if (reader.Read(_file, errors) is not { } wanted) Say(errors);
            else if (_applied is null || !SaysTheSame(_applied, wanted.Integrations)) await ApplyAsync(wanted, stoppingToken);
        }
    }

    private async Task ApplyAsync(IntegrationFile wanted, CancellationToken cancellation)
    {
        var report = await managed.ApplyAsync([.. wanted.Integrations.Select(static i => new ManagedIntegration(i.Name, i.Settings))], cancellation);
        foreach (var change in report.Changes) LogChange(_file, change);
        foreach (var failure in report.Failures) LogFailure(_file, failure);
        // What failed is tried again with the next look at the file.
        _applied = report.Failures.Count == 0 ? wanted.Integrations : null;
        _lastSaid = "";
    }

    private bool SaysTheSame(IReadOnlyList<FileIntegration> applied, IReadOnlyList<FileIntegration> wanted) =>
        applied.Count == wanted.Count
        && applied.Zip(wanted, (a, w) => a.Name == w.Name && a.Settings.SameInClearAs(w.Settings, protector)).All(static same => same);

    /// <summary>Once for as long as the same is wrong.</summary>
    private void Say(FileErrors errors)
    {
        var said = string.Join(Environment.NewLine, errors.Errors);
        if (said == _lastSaid) return;
        _lastSaid = said;
        foreach (var error in errors.Errors) LogRefused(error.ToString());
    }

    [LoggerMessage(LogLevel.Information, "{File}: {Change}")]
    private partial void LogChange(string file, string change);

    [LoggerMessage(LogLevel.Error, "{File}: {Failure}")]
    private partial void LogFailure(string file, string failure);

    [LoggerMessage(LogLevel.Error, "The file is wrong, and what was in force stays in force: {Error}")]
    private partial void LogRefused(string error);
}
