using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Webhook.Testing;

namespace Webhook.EndToEnd.Tests;

/// <summary>docs/faults.md rows 11 and 20: one event that the receiver does not take costs nothing but itself, and can be sent again when the receiver is mended.</summary>
public sealed class DeadLetterTests
{
    private static readonly string[] Poison = ["\"e17\"", "\"e500\"", "\"e999\""];

    private bool _isMended;

    [Theory]
    [InlineData(400, null)]
    [InlineData(422, null)]
    [InlineData(413, null)]
    [InlineData(422, true)]
    [InlineData(207, true)]
    public async Task Three_of_a_thousand_events_are_refused_and_only_these_are_dead_letters_until_they_are_redelivered(int status, bool? namesThem)
    {
        using var data = new TemporaryFolder();
        var takenOf207 = new List<string>();
        await using var receiver = await Receiver.StartAsync((request, context) => RefuseAsync(request, context, status, namesThem == true, takenOf207), keepOnly2xx: true);
        await using var webhook = await WebhookProcess.ServeAsync(data.Path);
        var id = await webhook.CreateAsync(IntegrationCalls.Settings("picky", receiver.Url, delivery: new JsonObject { ["maxBatchDelayMs"] = 20 }));
        var path = $"{IntegrationCalls.Path}/{id}";
        var oracle = new Oracle();
        (await webhook.SendAsync(oracle, 1000)).ShouldBeTrue();

        await webhook.EventuallyAsync($"{path}/status", static s => s["cursor"]!.ToJsonString() == s["head"]!.ToJsonString() && s["requestsInFlight"]!.GetValue<int>() == 0);
        var letters = await webhook.CallAsync(HttpMethod.Get, $"{path}/dead-letters");
        letters["data"]!.AsArray().Select(l => "\"" + l!["event"]!["id"]!.GetValue<string>() + "\"").ShouldBe(Poison);
        letters["data"]!.AsArray().ShouldAllBe(l => l!["statusCode"]!.GetValue<int>() == status);
        if (namesThem == true) letters["data"]![0]!["reason"]!.GetValue<string>().ShouldBe("no such tenant");
        Delivered(receiver, takenOf207).ShouldBe(997);
        (await webhook.SendAsync(oracle, 5)).ShouldBeTrue("its neighbours go on");
        await Until.HoldsAsync(() => Delivered(receiver, takenOf207) == 1002, () => $"{Delivered(receiver, takenOf207)} delivered");

        // Mended: they are sent once more, each under the identity of its place, and then they are no dead letters any more.
        Volatile.Write(ref _isMended, true);
        await webhook.CallAsync(HttpMethod.Post, $"{path}/dead-letters/redeliver", new JsonObject { ["all"] = true, ["maxRequestsPerSecond"] = 100 });
        await webhook.EventuallyAsync($"{path}/dead-letters", static l => l["count"]!.GetValue<int>() == 0);
        var again = receiver.Requests.Where(static r => r.Headers.ContainsKey("X-Webhook-Replay")).ToList();
        again.ShouldAllBe(r => r.Headers["X-Webhook-Replay"] == "redelivery" && r.Headers["X-Webhook-Events"] == "1");
        again.SelectMany(Oracle.IdsOf).Select(static e => $"\"{e}\"").Order().ShouldBe(Poison.Order());
        oracle.Judge(receiver.Requests.Where(r => !takenOf207.Contains(r.Headers["webhook-id"]) || r.Headers.ContainsKey("X-Webhook-Replay")), lost: takenOf207.Count > 0 ? 1002 : 0).ShouldBe(0);
    }

    private static int Delivered(Receiver receiver, List<string> takenOf207)
    {
        lock (takenOf207)
            return receiver.Requests.Where(Oracle.IsDelivery).Sum(r => Oracle.IdsOf(r).Count(id => !takenOf207.Contains(r.Headers["webhook-id"]) || !Poison.Contains($"\"{id}\"")));
    }

    private async Task RefuseAsync(ReceivedRequest request, HttpContext context, int status, bool namesThem, List<string> takenOf207)
    {
        var body = Encoding.UTF8.GetString(request.Body);
        if (Volatile.Read(ref _isMended) || !Poison.Any(body.Contains)) return;
        context.Response.StatusCode = status;
        if (!namesThem) return;
        if (status == 207)
        {
            lock (takenOf207) takenOf207.Add(request.Headers["webhook-id"]);
        }

        var refused = Oracle.IdsOf(request).Select((id, index) => (id, index)).Where(e => Poison.Contains($"\"{e.id}\""))
            .Select(static e => (JsonNode)new JsonObject { ["index"] = e.index, ["reason"] = "no such tenant" });
        await context.Response.WriteAsync(new JsonObject { ["refused"] = new JsonArray([.. refused]) }.ToJsonString());
    }
}
