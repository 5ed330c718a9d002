using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Webhook.Actors.Events;

namespace Webhook.Server.Tests.Architecture;

/// <summary>Dependencies between folders run one way (docs/architecture.md); a new arrow is a decision, not an accident.</summary>
public sealed class DependencyTests
{
    private const string Engine = "Webhook.Actors";
    private const string Program = "Webhook.Server";

    private static readonly ArchUnitNET.Domain.Architecture Loaded =
        new ArchLoader().LoadAssemblies(typeof(EventBlock).Assembly, typeof(Product).Assembly).Build();

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        [$"{Engine}.Events"] = [],
        [$"{Engine}.Telemetry"] = [],
        [$"{Engine}.EventLog"] = ["Events", "Telemetry"],
        [$"{Engine}.Integrations"] = ["Events"],
        [$"{Engine}.Sending"] = ["Events", "Integrations", "Telemetry"],
        [$"{Engine}.Delivery"] = ["Events", "EventLog", "Integrations", "Sending", "DeadLetters", "Telemetry"],
        [$"{Engine}.DeadLetters"] = ["Events", "EventLog", "Integrations", "Sending", "Telemetry"],
        [$"{Engine}.Certificates"] = ["Integrations", "Sending", "Telemetry"],
        [$"{Engine}.Hosting"] = ["Events", "EventLog", "Integrations", "Sending", "Delivery", "DeadLetters", "Certificates", "Telemetry"],
    };

    private static readonly Dictionary<string, string[]> AllowedInProgram = new()
    {
        [$"{Program}.Access"] = ["Settings"],
        [$"{Program}.Settings"] = [],
        [$"{Program}.Audit"] = ["Access", "Settings"],
        [$"{Program}.Health"] = ["Access", "Audit", "Settings"],
        [$"{Program}.Ingest"] = ["Access", "Settings"],
        [$"{Program}.IntegrationsApi"] = ["Access", "Audit", "Settings"],
        [$"{Program}.CertificatesApi"] = ["Access", "Audit", "IntegrationsApi"],
        [$"{Program}.AccessApi"] = ["Access", "Audit", "IntegrationsApi"],
        [$"{Program}.LiveApi"] = ["Access", "IntegrationsApi"],
        [$"{Program}.Client"] = ["Access", "Audit", "IntegrationsApi", "CertificatesApi", "AccessApi", "LiveApi"],
        [$"{Program}.Receiving"] = ["Ingest"],
        [$"{Program}.Producing"] = ["Access", "Client", "Ingest", "Receiving"],
        [$"{Program}.Completing"] = [],
        [$"{Program}.Demo"] = ["Access", "Receiving"],
        [$"{Program}.Serving"] = ["Access", "Settings", "Audit", "Health", "Ingest", "IntegrationFiles", "IntegrationsApi", "CertificatesApi", "AccessApi", "LiveApi", "Demo"],
        [$"{Program}.IntegrationFiles"] = [],
        [$"{Program}.Inputs"] = ["Ingest"],
        [$"{Program}.Agent"] = ["Access", "Health", "Ingest", "Inputs", "IntegrationFiles", "Serving", "Settings"],
        [$"{Program}.Checking"] = ["Access", "Settings", "IntegrationFiles", "Serving"],
        [$"{Program}.LogTools"] = ["Client"],
        [$"{Program}.Commands"] = ["Access", "Serving", "Agent", "Client", "Checking", "Completing", "LogTools", "Producing", "Receiving"],
    };

    public static TheoryData<string> EngineFolders => [.. Allowed.Keys];

    public static TheoryData<string> ProgramFolders => [.. AllowedInProgram.Keys];

    [Theory]
    [MemberData(nameof(EngineFolders))]
    public void Engine_folder_names_only_the_folders_before_it(string folder) => Check(folder, Engine, Allowed);

    [Theory]
    [MemberData(nameof(ProgramFolders))]
    public void Program_folder_names_only_the_folders_before_it(string folder) => Check(folder, Program, AllowedInProgram);

    [Fact]
    public void Every_folder_has_its_rule()
    {
        var known = Allowed.Keys.Concat(AllowedInProgram.Keys).ToHashSet();
        Own().Select(t => FolderOf(NamespaceOf(t))).OfType<string>().Distinct().Where(folder => !known.Contains(folder))
            .ShouldBeEmpty("add the folder and what it may name to this test and to docs/architecture.md");
    }

    [Fact]
    public void The_engine_knows_no_web_framework() =>
        (from type in Own()
         where NamespaceOf(type).StartsWith(Engine, StringComparison.Ordinal)
         from dependency in type.Dependencies
         where NamespaceOf(dependency.Target).StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
         select $"{type.FullName} -> {dependency.Target.FullName}").ShouldBeEmpty();

    private static void Check(string folder, string project, Dictionary<string, string[]> rules)
    {
        var types = Own().Where(t => FolderOf(NamespaceOf(t)) == folder).ToList();
        types.ShouldNotBeEmpty($"{folder} is empty: take it out of the rules");
        var allowed = rules[folder].Select(name => $"{project}.{name}").Append(folder).ToHashSet();
        (from type in types
         from dependency in type.Dependencies
             // A type parameter is nobody's folder; of generated methods with the same name the loader takes one for the other's.
         where dependency.Target is not GenericParameter
         let target = FolderOf(NamespaceOf(dependency.Target))
         where target is not null && target.StartsWith(project, StringComparison.Ordinal) && !allowed.Contains(target)
         select $"{type.FullName} -> {dependency.Target.FullName}").Distinct().ShouldBeEmpty();
    }

    private static IEnumerable<IType> Own() => Loaded.Types.Where(t => FolderOf(NamespaceOf(t)) is not null);

    private static string NamespaceOf(IType type) => type.Namespace?.FullName ?? string.Empty;

    /// <summary>Webhook.Actors.EventLog.RocksDb → Webhook.Actors.EventLog.</summary>
    private static string? FolderOf(string name) =>
        name.Split('.') is ["Webhook", "Actors" or "Server", var folder, ..] parts && !folder.StartsWith("Tests", StringComparison.Ordinal)
            ? string.Join('.', parts[0], parts[1], folder)
            : null;
}
