using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Webhook.Server.Settings;

namespace Webhook.Server.Tests.Settings;

public sealed class SettingsCheckTests
{
    [Fact]
    public void FindErrors_GoodSettings_None() => Check(
        ("Webhook:Sample:Count", "5"), ("Webhook:Sample:Names:0", "a"), ("Webhook:Nested:Sample:Count", "1"), ("Other:Thing", "ignored")).ShouldBeEmpty();

    [Fact]
    public void FindErrors_EveryKindAtOnce_AllAreListed() => Check(
        ("Webhook:Sample:Count", "50"),
        ("Webhook:Sample:Cuont", "5"),
        ("Webhook:Smaple:Count", "5"),
        ("Webhook:Nested:Sample:Count", "many")).ShouldBe(
        [
            "Webhook:Sample:Cuont: unknown setting; known here: Count, Names",
            "Webhook:Smaple: unknown setting; known here: Nested, Sample",
            "Webhook:Sample: DataAnnotation validation failed for 'SampleOptions' members: 'Count' with the error: 'The field Count must be between 1 and 10.'.",
            "Failed to convert configuration value 'many' at 'Webhook:Nested:Sample:Count' to type 'System.Int32'.",
        ],
        ignoreOrder: true);

    private static IReadOnlyList<string> Check(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
        services.AddSettings<SampleOptions>("Webhook:Sample");
        services.AddSettings<OtherOptions>("Webhook:Nested:Sample");
        using var provider = services.BuildServiceProvider();
        return SettingsCheck.FindErrors(provider);
    }

    private sealed class SampleOptions
    {
        [Range(1, 10)]
        public int Count { get; set; } = 1;

        public IList<string> Names { get; } = [];
    }

    private sealed class OtherOptions
    {
        public int Count { get; set; }
    }
}
