using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Authentication;
using Webhook.Actors.Integrations;
using Webhook.Actors.Sending;

namespace Webhook.Actors.Tests.Sending;

public sealed class EndpointHandlerTests
{
    private const ushort Tls11 = 0x0302;
    private const ushort Tls12 = 0x0303;
    private const ushort Tls13 = 0x0304;

    [Fact]
    public void Create_AnySettings_TakesTls12And13Only()
    {
        var settings = Examples.Settings(new Uri("https://hook.example.org/")) with { IsInsecure = true };

        using var handler = EndpointHandler.Create(settings, Examples.Services(), connections: 1, new EndpointTls(null, null, new ReversingProtector()));

        handler.ShouldBeOfType<SocketsHttpHandler>().SslOptions.EnabledSslProtocols.ShouldBe(SslProtocols.Tls12 | SslProtocols.Tls13);
    }

    [Fact]
    public async Task A_receiver_that_knows_only_tls_1_1_is_refused_and_was_offered_nothing_older_than_1_2()
    {
        var hello = new TaskCompletionSource<byte[]>();
        await using var receiver = SocketReceiver.Start(async (connection, cancellation) =>
        {
            hello.SetResult(await ReadRecordAsync(connection, cancellation));
            await connection.WriteAsync(ServerHello(Tls11), cancellation);
            await connection.CopyToAsync(Stream.Null, cancellation);
        });
        var settings = Examples.Settings(new Uri($"https://127.0.0.1:{receiver.Port}/")) with { IsInsecure = true };

        var result = await Examples.AttemptAsync(settings, Examples.Services());

        result.Outcome.ShouldBe(AttemptOutcome.TlsFailed);
        SupportedVersions(await hello.Task).ShouldBe([Tls13, Tls12], ignoreOrder: true);
    }

    private static async Task<byte[]> ReadRecordAsync(NetworkStream connection, CancellationToken cancellation)
    {
        var header = new byte[5];
        await connection.ReadExactlyAsync(header, cancellation);
        var record = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
        await connection.ReadExactlyAsync(record, cancellation);
        return record;
    }

    /// <summary>RFC 8446 4.1.2: type, length, version, random, session id, cipher suites, compression methods, extensions; 43 is supported_versions (4.2.1).</summary>
    private static List<ushort> SupportedVersions(ReadOnlySpan<byte> hello)
    {
        var rest = hello[(1 + 3 + 2 + 32)..];
        rest = rest[(1 + rest[0])..];
        rest = rest[(2 + BinaryPrimitives.ReadUInt16BigEndian(rest))..];
        rest = rest[(1 + rest[0] + 2)..];
        while (BinaryPrimitives.ReadUInt16BigEndian(rest) != 43) rest = rest[(4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        var list = rest.Slice(5, rest[4]);
        var versions = new List<ushort>();
        for (; !list.IsEmpty; list = list[2..]) versions.Add(BinaryPrimitives.ReadUInt16BigEndian(list));
        return versions;
    }

    /// <summary>RFC 4346 7.4.1.3, with TLS_RSA_WITH_AES_128_CBC_SHA.</summary>
    private static byte[] ServerHello(ushort version)
    {
        byte[] v = [(byte)(version >> 8), (byte)version];
        byte[] body = [.. v, .. new byte[32], 0, 0x00, 0x2f, 0];
        byte[] message = [2, 0, 0, (byte)body.Length, .. body];
        return [0x16, .. v, 0, (byte)message.Length, .. message];
    }
}
