using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CsCheck;
using Webhook.Testing;

namespace Webhook.Server.Tests.Serving;

/// <summary>Over real sockets, every route that takes a body: whatever is sent, the answer is one of the documented ones, in time, and says no secret.</summary>
public sealed class BodyFuzzTests(ProgramServer program) : IClassFixture<ProgramServer>
{
    private const string Marker = "hunter2-never-shown";

    // Never 500: nothing that a body holds may break anything.
    private static readonly int[] Documented = [200, 201, 202, 204, 400, 404, 405, 409, 413, 415, 422, 429, 503];

    private static readonly Gen<string> GenIntegration = Gen.Select(
        Gen.OneOf("\"BASIC_AUTH\"", "\"BEARER_TOKEN\"", "\"SIGNATURE\"", "null"),
        Gen.OneOf($"\"{Marker}\"", $"\"u:{Marker}\"", $"[\"{Marker}\"]", "null"),
        Gen.OneOf("false", "true", "null"),
        Gen.Int[0, 50],
        Gen.OneOf(Gen.Const("{}"), AnyJson.ObjectOf("timeoutMs", "maxBatchBytes", "compression", "signatureStyle"))).Select(
            (auth, secret, enabled, name, delivery) =>
                $"{{\"type\":\"WEBHOOK\",\"name\":\"n{name}\",\"isEnabled\":{enabled},\"connectionInfo\":{{\"endpoint\":\"http://127.0.0.1:9/\",\"auth\":{auth},\"secret\":{secret}}},\"delivery\":{delivery}}}");

    private static readonly Gen<string> GenOther = Gen.OneOf(
        Gen.Select(Gen.OneOf($"\"{Marker}\"", "null"), Gen.OneOf("0", "null", "\"x\"")).Select((secret, overlap) => $"{{\"secret\":{secret},\"overlapMs\":{overlap}}}"),
        Gen.Int[0, 50].Select(n => $"{{\"name\":\"k{n}\",\"role\":\"ingest\"}}"),
        Gen.OneOf("[{\"type\":\"policy\",\"timestamp\":1764000000},{}]", "{\"rule\":\"r\",\"priority\":\"Error\",\"output\":\"o\",\"time\":\"2026-01-01T00:00:00Z\"}", "{}\n{}"),
        AnyJson.ObjectOf("name", "role", "secret", "generate", "type", "timestamp", "time", "rule", "priority", "output_fields"),
        AnyJson.Value);

    private static readonly Gen<byte[]> GenBytes = Gen.OneOf(Gen.Byte.Array[0, 200], Gen.Int[1, 5000].Select(depth => Encoding.ASCII.GetBytes(new string('[', depth))));

    private static readonly Gen<string?> GenType = Gen.OneOf(null, "application/json", "application/x-ndjson", "text/plain", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "x", "application/json; charset=utf-16");

    private static readonly Gen<string?> GenEncoding = Gen.Frequency((6, Gen.Const((string?)null)), (4, Gen.OneOf<string?>("gzip", "br", "zstd", "identity", "deflate, gzip", "x")));

    private static readonly Gen<string> GenQuery = Gen.Frequency(
        (3, Gen.Const("")),
        (2, Gen.OneOf("?partial=true", "?partial=maybe", "?partial", "?partial=true&partial=false", "?%ZZ=%00", "?type=%FF%FE", "?limit=-1&before=x", "?=&&==")),
        (1, Gen.String[0, 30].Select(text => "?q=" + Uri.EscapeDataString(text.Replace('\uD800', 'x')))));

    // Those that ask for a body: what takes every method refuses it unread.
    private IReadOnlyList<Route> Routes => [.. program.Routes.Where(r => r.Method is "POST" or "PUT" or "PATCH" && r.NamesItsMethods)];

    private Gen<(Route Route, byte[] Body)> GenCall => Gen.OneOf([.. Routes]).SelectMany(
        route => Gen.Frequency((8, AnyJson.Mutated(route.IsOfIntegration ? GenIntegration : GenOther)), (1, AnyJson.Mutated(GenOther)), (1, GenBytes)),
        (route, body) => (route, body));

    [Fact]
    public async Task Any_body_gets_a_documented_answer_that_says_no_secret()
    {
        Routes.Count.ShouldBeGreaterThan(12);

        await Gen.Select(GenCall, Gen.Bool, GenType, Gen.Select(GenEncoding, GenQuery)).SampleAsync(
            async (call, existing, type, rest) =>
            {
                var (route, body) = call;
                var (encoding, query) = rest;
                using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path(existing) + query);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", program.TokenOf(route.Role ?? "Admin"));
                request.Content = new ByteArrayContent(body);
                if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                if (encoding is not null) request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
                using var response = await program.Client.SendAsync(request);
                await CheckAsync(route, response);
            },
            time: FuzzTime.Seconds, threads: 2);

        (await program.LogAsync()).ShouldNotContain(Marker);
        (await File.ReadAllTextAsync(program.AuditFile)).ShouldNotContain(Marker);
    }

    [Fact]
    public async Task A_body_that_breaks_HTTP_is_a_bad_request()
    {
        foreach (var route in Routes)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(program.Address.Host, program.Address.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"{route.Method} {route.Path(existing: true)} HTTP/1.1\r\nHost: webhook\r\nAuthorization: Bearer {program.TokenOf(route.Role ?? "Admin")}\r\n"
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nno length\r\n\r\n"));
            using var reader = new StreamReader(stream, Encoding.UTF8);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var answer = await reader.ReadToEndAsync(deadline.Token);

            var status = int.Parse(answer.Split(' ')[1]);
            Documented.ShouldContain(status, $"{route}: {answer}");
        }
    }

    private static async Task CheckAsync(Route route, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var answer = await response.Content.ReadAsStringAsync();
        Documented.ShouldContain(status, $"{route}: {answer}");
        answer.ShouldNotContain(Marker, Case.Sensitive, route.ToString());
        if (status < 400) return;
        using var json = JsonDocument.Parse(answer);
        json.RootElement.EnumerateObject().Select(m => m.Name).ShouldBe(["type", "message", "details"], route.ToString());
        if (status is 429 or 503) response.Headers.RetryAfter.ShouldNotBeNull(route.ToString());
    }
}
