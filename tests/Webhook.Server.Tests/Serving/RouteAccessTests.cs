using System.Net.Http.Headers;
using System.Text;

namespace Webhook.Server.Tests.Serving;

/// <summary>Every route of the program, whoever added it: who may call it, and that nobody else learns anything from it.</summary>
[Collection(ProgramTests.Name)]
public sealed class RouteAccessTests(ProgramServer program)
{
    // From loopback they answer without a token, and say nothing of what is configured.
    private static readonly string[] Management = ["/health/live", "/health/ready", "/metrics"];

    // Says only that there is nothing, to anyone with a token.
    private const string Nothing = "/v1/{**rest}";

    [Fact]
    public void Every_route_asks_for_a_role()
    {
        program.Routes.Count.ShouldBeGreaterThan(30);
        program.Routes.Where(r => !r.IsAuthorized).Select(r => r.ToString()).ShouldBeEmpty("end the route, or its group, with .RequireRole(AccessRole.…)");
        program.Routes.Where(r => r.Role is null && r.Pattern != Nothing && !Management.Contains(r.Pattern)).Select(r => r.ToString())
            .ShouldBeEmpty("end the route, or its group, with .RequireRole(AccessRole.…)");
    }

    [Fact]
    public void Every_route_that_could_change_something_is_in_the_audit_log() =>
        program.Routes.Where(r => r.CouldChange && !r.IsIngest && !r.IsMarked).Select(r => r.ToString())
            .ShouldBeEmpty("end the route with .Audited(\"object.action\"), or with .ChangesNothing() if that is so");

    [Fact]
    public async Task Without_a_valid_token_every_route_answers_401_whatever_exists()
    {
        foreach (var route in Guarded)
        {
            await ExpectSameAsync(route, null, 401);
            await ExpectSameAsync(route, "wh_admin_never-made", 401);
        }
    }

    [Fact]
    public async Task With_another_role_every_route_answers_403_whatever_exists()
    {
        foreach (var route in Guarded)
        {
            foreach (var role in route.WrongRoles) await ExpectSameAsync(route, program.TokenOf(role), 403);
        }
    }

    private IEnumerable<Route> Guarded => program.Routes.Where(r => !Management.Contains(r.Pattern));

    private async Task ExpectSameAsync(Route route, string? token, int status)
    {
        var existing = await CallAsync(route, existing: true, token);
        existing.Status.ShouldBe(status, $"{route} with {token ?? "no token"}: {existing.Body}");
        existing.Body.ShouldStartWith("{\"type\":\"", customMessage: route.ToString());
        (await CallAsync(route, existing: false, token)).ShouldBe(existing, route.ToString());
    }

    private async Task<(int Status, string Body, string? ContentType)> CallAsync(Route route, bool existing, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path(existing));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (route.CouldChange) request.Content = new StringContent("not even JSON", Encoding.UTF8, "application/json");
        using var response = await program.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.ToString());
    }
}
