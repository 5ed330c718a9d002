using Akka.Actor;
using Akka.Configuration;
using Webhook.Actors.Hosting;

namespace Webhook.Benchmarks.Samples;

/// <summary>An actor system with the product's settings and scheduler, without its cluster, which does things of its own accord.</summary>
internal static class SampleSystem
{
    public static ActorSystem Create() => ActorSystem.Create("benchmarks", ConfigurationFactory
        .ParseString($$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.scheduler.implementation = "{{typeof(TimerScheduler).AssemblyQualifiedName}}"
            """)
        .WithFallback(ConfigurationFactory.FromResource("akka.hocon", typeof(TimerScheduler).Assembly)));
}
