using Microsoft.Extensions.Options;
using Webhook.Actors.Events;
using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationFiles;

internal static class IntegrationFileExtensions
{
    /// <summary>
    /// The integrations of <see cref="IntegrationSource.File"/>, kept as the file says. Hosted services that were added before are there when they are applied; those added after begin when
    /// they are in force.
    /// </summary>
    public static IServiceCollection AddIntegrationFile(this IServiceCollection services) =>
        services.AddSingleton<IntegrationFileReader>().AddHostedService<IntegrationFileWatch>();

    /// <summary>Reads the file only to see what is wrong with it; also when settings are wrong, so that everything is told at once.</summary>
    /// <returns>null when anything is.</returns>
    public static IntegrationFile? CheckIntegrationFile(this IServiceProvider services, string file, FileErrors errors)
    {
        IntegrationFileReader reader;
        try
        {
            reader = services.GetRequiredService<IntegrationFileReader>();
        }
        catch (OptionsValidationException)
        {
            // Of the channels' settings, which is told with the settings.
            reader = new IntegrationFileReader(new IntegrationValidator(new ChannelList(new ChannelOptions()), services.GetRequiredService<ISecretProtector>()));
        }

        return reader.Read(file, errors);
    }
}
