using Microsoft.Extensions.Options;

namespace Webhook.Server.Settings;

/// <summary>One part of the settings: where it stands, its type, and how to bind and validate it.</summary>
internal sealed record SettingsSection(string Name, Type Type, Func<IServiceProvider, object> Read);

internal static class SettingsSections
{
    /// <summary>Binds and validates <typeparamref name="TOptions"/>, and makes its keys known to <see cref="SettingsCheck"/>.</summary>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddSingleton(new SettingsSection(section, typeof(TOptions), static provider => provider.GetRequiredService<IOptions<TOptions>>().Value));
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<TOptions>>().Value);
        return services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations();
    }
}
