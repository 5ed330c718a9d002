using Akka.Cluster.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Certificates;

/// <summary>The certificates' singleton and its serializer, and what asks it.</summary>
internal static class CertificateHosting
{
    /// <summary>Registers <see cref="CertificatesProxy"/>. Needs <see cref="TimeProvider"/> and <see cref="ExpiryBoard"/> in the container.</summary>
    public static AkkaConfigurationBuilder AddCertificates(this AkkaConfigurationBuilder builder) => builder
        .AddCertificateSerializer()
        .WithSingleton<CertificatesProxy>(
            "certificates",
            static (_, _, resolver) => CertificateActor.Props(resolver.GetService<ExpiryBoard>(), resolver.GetService<TimeProvider>()));

    /// <summary>
    /// Registers <see cref="CertificateDirectory"/>, <see cref="ICertificateSource"/> and <see cref="ExpiryBoard"/>. Needs <see cref="ISecretProtector"/>,
    /// <see cref="TimeProvider"/> and <see cref="WebhookMetrics"/> in the container.
    /// </summary>
    public static IServiceCollection AddCertificateDirectory(this IServiceCollection services) => services
        .AddSingleton<ExpiryBoard>()
        .AddSingleton<ICertificateSource, CertificateSource>()
        .AddSingleton<CertificateDirectory>();
}
