using CsCheck;
using Webhook.Actors.Integrations;

namespace Webhook.Actors.Tests.Integrations;

public sealed class ManagedMatchingTests
{
    [Fact]
    public void Match_SameName_IsTheSameWhateverElseChanged() =>
        Matched([Current(1, "a", "https://x.example/1"), Current(2, "b", "https://x.example/2")], [Wanted("b", "https://x.example/1"), Wanted("a", "https://y.example/")])
            .ShouldBe([(2, 0), (1, 1)], ignoreOrder: true);

    [Fact]
    public void Match_NoNames_TheSameEndpointAndChannelsBeforeTheSameEndpoint() =>
        Matched(
            [Current(1, "x.example", "https://x.example/", "A"), Current(2, "x.example (2)", "https://x.example/", "B")],
            [Wanted(null, "https://x.example/", "B"), Wanted(null, "https://x.example/", "C")])
            .ShouldBe([(2, 0), (1, 1)], ignoreOrder: true);

    [Fact]
    public void Match_EndpointOfOneWithoutNameChanged_KeepsIt() =>
        Matched(
            [Current(1, "x.example/1", "https://x.example/1"), Current(2, "x.example/2", "https://x.example/2")],
            [Wanted(null, "https://x.example/1"), Wanted(null, "https://new.example/2")])
            .ShouldBe([(1, 0), (2, 1)], ignoreOrder: true);

    [Fact]
    public void Match_NameGivenToOneThatHadNone_KeepsIt() =>
        Matched([Current(1, "x.example/1", "https://x.example/1")], [Wanted("tuesday", "https://x.example/1")]).ShouldBe([(1, 0)]);

    [Fact]
    public void Match_AnotherNameAndAnotherEndpoint_IsAnother() =>
        Matched([Current(1, "a", "https://x.example/1")], [Wanted("b", "https://y.example/")]).ShouldBe([(1, null), (null, 0)], ignoreOrder: true);

    [Fact]
    public void Match_EndpointOfTheOneWithANameOfItsOwnChangedAndNameLost_IsAnother() =>
        Matched([Current(1, "a", "https://x.example/1")], [Wanted(null, "https://y.example/")]).ShouldBe([(1, null), (null, 0)], ignoreOrder: true);

    [Fact]
    public void Match_LocalAndWebhook_NeverTheSame()
    {
        var local = new ManagedIntegration(null, Settings("https://x.example/1", []) with { Type = IntegrationType.Local, Endpoint = IntegrationSettings.StandardOutput });

        Pairs(ManagedMatching.Match([Current(1, "x.example/1", "https://x.example/1")], [local]), [local]).ShouldBe([(1, null), (null, 0)], ignoreOrder: true);
    }

    /// <summary>Whatever was edited: each entry of the file is met once, each integration is met once, and an unchanged file changes nothing.</summary>
    [Fact]
    public void Match_AnyEdit_EachOnce()
    {
        var endpoint = Gen.Int[0, 3].Select(i => $"https://x.example/{i}");
        var name = Gen.Int[0, 5].Select(i => i < 3 ? $"name{i}" : null);
        var file = Gen.Select(name, endpoint, Gen.Int[0, 1]).Array[0, 6].Where(all => all.Select(e => e.Item1).OfType<string>().Distinct().Count() == all.Count(e => e.Item1 is not null));
        Gen.Select(file, file).Sample((before, after) =>
        {
            var taken = before.Select(e => e.Item1).OfType<string>().ToHashSet();
            var current = before.Select((e, i) =>
            {
                var unique = e.Item1 ?? UniqueNames.Find(Wanted(null, e.Item2).NameOrPlace, taken);
                taken.Add(unique);
                return Current(i + 1, unique, e.Item2, $"C{e.Item3}");
            }).ToList();
            List<ManagedIntegration> wanted = [.. after.Select(e => Wanted(e.Item1, e.Item2, $"C{e.Item3}"))];

            var pairs = Pairs(ManagedMatching.Match(current, wanted), wanted);

            pairs.Select(p => p.Current).OfType<long>().Order().ShouldBe(current.Select(c => c.Id.Value));
            pairs.Select(p => p.Wanted).OfType<int>().Order().ShouldBe(Enumerable.Range(0, wanted.Count));
            if (before.SequenceEqual(after)) pairs.ShouldBe(current.Select((c, i) => ((long?)c.Id.Value, (int?)i)), ignoreOrder: true);
        });
    }

    [Theory]
    [InlineData("https://x.example:8443/hook?token=secret", "x.example:8443/hook")]
    [InlineData("https://x.example/", "x.example")]
    public void PlaceOf_Endpoint_WithoutSchemeAndQuery(string endpoint, string place) => ManagedIntegration.PlaceOf(Settings(endpoint, [])).ShouldBe(place);

    private static (long? Current, int? Wanted)[] Matched(IReadOnlyList<IntegrationView> current, List<ManagedIntegration> wanted) =>
        Pairs(ManagedMatching.Match(current, wanted), wanted);

    private static (long? Current, int? Wanted)[] Pairs(IReadOnlyList<ManagedMatch> matches, List<ManagedIntegration> wanted) =>
        [.. matches.Select(m => (m.Current?.Id.Value, m.Wanted is null ? default(int?) : wanted.FindIndex(w => ReferenceEquals(w, m.Wanted))))];

    private static ManagedIntegration Wanted(string? name, string endpoint, params string[] channels) => new(name, Settings(endpoint, channels));

    private static IntegrationView Current(long id, string name, string endpoint, params string[] channels) => new(
        name,
        new IntegrationProtocol.Current(new IntegrationId(id), Settings(endpoint, channels), 1, true, false, ConnectionState.Connected, null, null, null, []));

    private static IntegrationSettings Settings(string endpoint, string[] channels) => new() { Endpoint = new Uri(endpoint), Channels = channels };
}
