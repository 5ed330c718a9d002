using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;
using Webhook.Actors.Telemetry;

namespace Webhook.Actors.Tests.Sending;

/// <summary>What most specs of sending and delivery begin with.</summary>
internal static class Examples
{
    public static readonly LaneId Lane = new(new IntegrationId(7), 0);

    public static IntegrationSettings Settings(Uri? endpoint = null) => new()
    {
        Endpoint = endpoint ?? new Uri("http://127.0.0.1:9/hook"),
        Channels = ["SECURE_EVENTS_POLICIES"],
        Delivery = new DeliverySettings { MaxBatchDelayMs = 0 },
    };

    public static Batch Batch(string body = "[{}]", long first = 100, long last = 100, int events = 1)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(body.Length));
        return new Batch(rented, Encoding.UTF8.GetBytes(body, rented))
        {
            Integration = Lane.Integration,
            Id = $"msg_{Lane}-{first}-{last}",
            Partition = 0,
            Events = events,
            FirstSequence = first,
            LastSequence = last,
            Covers = new SequenceRange(first, last + 1),
            StoredAtNanoseconds = 0,
        };
    }

    public static SendingServices Services(TimeProvider? time = null, ISecretProtector? secrets = null) =>
        new(secrets ?? new ReversingProtector(), time ?? TimeProvider.System, new WebhookMetrics());
}

/// <summary>Stands for the key ring: a "protected" secret is the secret backwards; "lost" cannot be opened.</summary>
internal sealed class ReversingProtector : ISecretProtector
{
    public int Opened { get; private set; }

    public StoredSecret Protect(string secret) => new(Reverse(secret));

    public string Unprotect(StoredSecret secret)
    {
        Opened++;
        return secret.Protected == "lost" ? throw new CryptographicException("The key was not found in the key ring.") : Reverse(secret.Protected);
    }

    private static string Reverse(string text) => new([.. text.Reverse()]);
}
