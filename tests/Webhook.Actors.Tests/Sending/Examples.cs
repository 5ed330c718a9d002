using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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

    /// <param name="body">A JSON array, or NDJSON.</param>
    /// <param name="first">Its events are numbered on from here.</param>
    public static Batch Batch(string body = "[{}]", long first = 100, string idSuffix = "")
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(body.Length));
        var length = Encoding.UTF8.GetBytes(body, rented);
        var output = body.StartsWith('[') ? PayloadFormat.Json : PayloadFormat.Ndjson;
        var offsets = OffsetsOf(rented.AsSpan(0, length), output);
        var index = ArrayPool<BatchEvent>.Shared.Rent(offsets.Count);
        for (var i = 0; i < offsets.Count; i++) index[i] = new BatchEvent(first + i, offsets[i]);
        return new Batch(rented, length, index, offsets.Count)
        {
            Lane = Lane,
            Output = output,
            IdSuffix = idSuffix,
            FirstSequence = first,
            LastSequence = first + offsets.Count - 1,
            Covers = new SequenceRange(first, first + offsets.Count),
            Channels = ["SECURE_EVENTS_POLICIES"],
            StoredAtNanoseconds = 0,
        };
    }

    public static LaneProtocol.Run Run(IntegrationSettings settings, DeliveryHold? hold = null) => new(Lane, 1, settings, hold);

    /// <summary>Loopback is where the tests' receivers are.</summary>
    public static EgressRules Egress(params string[] allowed) => EgressRules.Of(Options(allowed.Length > 0 ? allowed : ["127.0.0.0/8", "::1/128"]));

    public static SendingServices Services(
        TimeProvider? time = null, ISecretProtector? secrets = null, SendingLimits? limits = null, EgressRules? egress = null, IHostResolver? resolver = null,
        ICertificateSource? certificates = null, StandardOutput? output = null) => new(
        secrets ?? new ReversingProtector(), certificates ?? new HeldCertificates(), limits ?? SendingLimits.Default, time ?? TimeProvider.System, new WebhookMetrics(), egress ?? Egress(),
        resolver ?? new SystemResolver(), output ?? StandardOutput.None);

    /// <summary>One attempt over a sender of its own.</summary>
    public static async Task<AttemptResult> AttemptAsync(IntegrationSettings settings, SendingServices services)
    {
        using var sender = new AttemptSender(settings, services, connections: 1);
        return await AttemptAsync(sender);
    }

    public static async Task<AttemptResult> AttemptAsync(AttemptSender sender)
    {
        using var batch = Batch();
        using var body = EncodedBody.Encode(batch.Body, RequestCompression.None);
        return await sender.AttemptAsync(batch, body, CancellationToken.None);
    }

    /// <summary>Without how it went, and without what a receiver said that took the batch.</summary>
    public static AttemptResult Bare(this AttemptResult result) =>
        result with { Detail = null, Answer = result.Outcome == AttemptOutcome.Delivered ? null : result.Answer };

    private static EgressOptions Options(IEnumerable<string> allowed)
    {
        var options = new EgressOptions();
        foreach (var range in allowed) options.AllowedAddresses.Add(range);
        return options;
    }

    private static List<int> OffsetsOf(ReadOnlySpan<byte> body, PayloadFormat output)
    {
        var offsets = new List<int>();
        if (output == PayloadFormat.Ndjson)
        {
            for (var at = 0; at < body.Length; at += body[at..].IndexOf((byte)'\n') + 1) offsets.Add(at);
            return offsets;
        }

        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            offsets.Add((int)reader.TokenStartIndex);
            reader.Skip();
        }

        return offsets;
    }
}

/// <summary>Writes down what sending tells it; everything is durable at once.</summary>
internal sealed class NotingLedger : IDeliveryLedger
{
    private readonly Lock _lock = new();
    private readonly List<string> _notes = [];

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_lock) return [.. _notes];
        }
    }

    public List<DeliveryAttempt> Attempts { get; } = [];

    /// <summary>How often dead letters cannot be stored before they can.</summary>
    public int RefusalsThatFail { get; set; }

    public ValueTask OpenAsync(Batch batch)
    {
        Note($"open {Of(batch)}");
        return ValueTask.CompletedTask;
    }

    public ValueTask DivideAsync(Batch whole, IReadOnlyList<Piece> parts)
    {
        Note($"divide {Of(whole)} into {string.Join(' ', parts.Select(p => Of(p.Batch)))}");
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RefuseAsync(Batch batch, IReadOnlyList<RefusedEvent> refused, AttemptResult result)
    {
        if (RefusalsThatFail-- > 0) return ValueTask.FromResult(false);
        foreach (var one in refused) Note($"refuse {batch.Index[one.Index].Sequence}: {one.Reason}");
        return ValueTask.FromResult(true);
    }

    public void Record(Batch batch, int attempt, AttemptResult result)
    {
        lock (_lock) Attempts.Add(DeliveryAttempt.Of(batch, attempt, result));
    }

    public void Finish(Batch batch) => Note($"finish {Of(batch)}");

    private static string Of(Batch batch) => $"{batch.Covers.From}..{batch.Covers.To}";

    private void Note(string note)
    {
        lock (_lock) _notes.Add(note);
    }
}

/// <summary>Stands for the certificates: gives what the test holds in it.</summary>
internal sealed class HeldCertificates : ICertificateSource
{
    private readonly ConcurrentDictionary<long, CertificateMaterial> _held = [];

    /// <summary>As a renewal does, when the id is there already.</summary>
    public void Put(CertificateMaterial material) => _held[material.Id] = material;

    public ValueTask<CertificateMaterial> GetAsync(long id, CancellationToken cancellation) => _held.TryGetValue(id, out var material)
        ? ValueTask.FromResult(material)
        : throw new CredentialsException($"There is no certificate {id}; give the integration another.");
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
