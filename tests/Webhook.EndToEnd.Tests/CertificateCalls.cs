using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Webhook.EndToEnd.Tests;

/// <summary>The calls of certificate management, as an operator's script would make them.</summary>
internal static class CertificateCalls
{
    public const string Path = "/secure/certman/v1";

    public static async Task<string> RequestCsrAsync(this WebhookProcess webhook)
    {
        using var response = await webhook.Admin.PostAsync($"{Path}/csr", null);
        var csr = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(csr);
        return csr;
    }

    /// <returns>The certificate's id.</returns>
    public static async Task<long> UploadAsync(this WebhookProcess webhook, HttpMethod method, string path, params (string Name, string Content)[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in parts) form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(content)), name);
        using var request = new HttpRequestMessage(method, Path + path) { Content = form };
        using var response = await webhook.Admin.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<long>();
    }
}
