using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Tests.Integrations;

namespace Webhook.Actors.Tests.Certificates;

/// <summary>Every message of the certificates through the serializer that the actor system really chooses, and the journal's JSON to the letter.</summary>
public class CertificateSerializerSpecs() : TestKit(Settings)
{
    private static readonly string Settings = $$"""
        akka.actor {
          serializers.certificates = "{{typeof(CertificateSerializer).AssemblyQualifiedName}}"
          serialization-bindings { "{{typeof(ICertificateMessage).AssemblyQualifiedName}}" = certificates }
        }
        """;

    private const string CertificateJson =
        """{"id":1,"name":"edge","usage":"Client","version":2,"createdAt":"2026-03-01T12:00:00+00:00","content":{"pem":"pem","chainPem":"chain","publicKey":"key-1","fingerprint":"fingerprint","issuer":"CN=issuer","notBefore":"2026-02-28T12:00:00+00:00","notAfter":"2026-12-26T12:00:00+00:00"},"key":{"protected":"encrypted"},"warned":"Within7Days"}""";

    private const string KeyJson = """{"publicKey":"key-1","algorithm":"EC_P256","key":{"protected":"encrypted"},"createdAt":"2026-03-01T12:00:00+00:00"}""";
    private const string UsersJson = """{"integration":7,"certificates":[1,2]}""";

    private static readonly StoredCertificate Certificate =
        new(1, "edge", CertificateUsage.Client, 2, Example.Now, CertificateExample.Content(), CertificateExample.Key, ExpiryStage.Within7Days);

    private static readonly PendingKey Key = new("key-1", "EC_P256", CertificateExample.Key, Example.Now);
    private static readonly CertificateUsers Users = new(Example.Id, [1, 2]);

    private static readonly CertificateView View =
        new(1, "edge", CertificateUsage.Ca, Example.Now, "fingerprint", "CN=issuer", Example.Now, Example.Now, [Example.Id]);

    private static readonly ICertificateMessage[] Messages =
    [
        new CertificateEvents.KeyKept(Key),
        new CertificateEvents.KeyDropped("key-1", true),
        new CertificateEvents.Added(Certificate),
        new CertificateEvents.Renewed(Certificate),
        new CertificateEvents.Deleted(1),
        new CertificateEvents.UsesChanged(Users),
        new CertificateEvents.ExpiryWarned(1, ExpiryStage.Expired),
        new CertificateEvents.Snapshot(3, [Certificate], [Key], [Users]),
        new CertificateProtocol.KeepKey("key-1", "EC_P256", CertificateExample.Key),
        new CertificateProtocol.FindKey(["key-1"]),
        CertificateExample.AddClient(),
        new CertificateProtocol.Renew(1, "new", CertificateExample.Content()),
        new CertificateProtocol.Delete(1),
        new CertificateProtocol.Get(1),
        new CertificateProtocol.List(1),
        new CertificateProtocol.Open(1, 2),
        new CertificateProtocol.KeyKept("key-1"),
        new CertificateProtocol.KeyFound("key-1"),
        new CertificateProtocol.Done(View),
        new CertificateProtocol.NoKey(),
        new CertificateProtocol.Full(1000),
        new CertificateProtocol.Unknown(1),
        new CertificateProtocol.Deleted(1),
        new CertificateProtocol.InUse(1, [Example.Id]),
        new CertificateProtocol.Page([View], true),
        new CertificateProtocol.Opened(new CertificateMaterial(1, 2, "pem", "chain", CertificateExample.Key)),
        new CertificateProtocol.Unchanged(1),
    ];

    /// <summary>The journal as it stands on users' disks; a line that changes here is a journal that can no longer be read.</summary>
    public static TheoryData<string, string> Journal => new()
    {
        { "x-key-kept-v1", $$"""{"key":{{KeyJson}}}""" },
        { "x-key-dropped-v1", """{"publicKey":"key-1","expired":true}""" },
        { "x-added-v1", $$"""{"certificate":{{CertificateJson}}}""" },
        { "x-renewed-v1", $$"""{"certificate":{{CertificateJson}}}""" },
        { "x-deleted-v1", """{"id":1}""" },
        { "x-uses-v1", $$"""{"users":{{UsersJson}}}""" },
        { "x-warned-v1", """{"id":1,"stage":"Expired"}""" },
        { "x-state-v1", $$"""{"nextId":3,"certificates":[{{CertificateJson}}],"keys":[{{KeyJson}}],"users":[{{UsersJson}}]}""" },
    };

    [Fact]
    public void Every_message_comes_back_as_it_went()
    {
        foreach (var message in Messages)
        {
            var serializer = Sys.Serialization.FindSerializerFor(message).ShouldBeOfType<CertificateSerializer>();
            var back = serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));

            back.ShouldBeOfType(message.GetType());
            Encoding.UTF8.GetString(serializer.ToBinary(back)).ShouldBe(Encoding.UTF8.GetString(serializer.ToBinary(message)));
            JsonSerializer.Serialize(back, message.GetType()).ShouldBe(JsonSerializer.Serialize(message, message.GetType()));
        }
    }

    [Fact]
    public void No_message_is_forgotten() =>
        typeof(ICertificateMessage).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(ICertificateMessage)) && !type.IsAbstract)
            .ShouldBe(Messages.Select(m => m.GetType()), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Journal))]
    public void The_journal_stays_readable_and_is_written_the_same(string manifest, string json)
    {
        var serializer = new CertificateSerializer((ExtendedActorSystem)Sys);

        var read = serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);

        serializer.Manifest(read).ShouldBe(manifest);
        Encoding.UTF8.GetString(serializer.ToBinary(read)).ShouldBe(json);
    }

    [Fact]
    public void The_largest_upload_fits_into_a_message()
    {
        var content = CertificateExample.Content() with { Pem = new string('+', 20_000), ChainPem = new string('A', 100_000) };
        var serializer = new CertificateSerializer((ExtendedActorSystem)Sys);

        serializer.ToBinary(new CertificateProtocol.Add("n", CertificateUsage.Client, content, CertificateExample.Key)).Length.ShouldBeLessThan(256 * 1024);
    }
}
