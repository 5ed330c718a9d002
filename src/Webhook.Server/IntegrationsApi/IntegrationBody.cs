using Webhook.Actors.Integrations;

namespace Webhook.Server.IntegrationsApi;

/// <summary>Reads the body of a POST or PUT, bounded.</summary>
internal static class IntegrationBody
{
    /// <summary>Hundreds of headers at their longest fit.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <returns>null when it cannot be read; why is in <paramref name="errors"/>.</returns>
    public static Task<IntegrationRequest?> ReadAsync(HttpRequest request, SettingErrors errors) => ReadAsync(request, errors, IntegrationRequestReader.Read);

    /// <param name="read">From the whole body to what it asks for, or null and errors.</param>
    /// <returns>null when it cannot be read; why is in <paramref name="errors"/>.</returns>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, SettingErrors errors, Func<ReadOnlyMemory<byte>, SettingErrors, T?> read)
        where T : class
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is var bytes and > 0)
        {
            if (body.Length + bytes > MaxBytes)
            {
                errors.Add("", $"the body has more than {MaxBytes} bytes");
                return null;
            }

            body.Write(buffer, 0, bytes);
        }

        return read(body.GetBuffer().AsMemory(0, (int)body.Length), errors);
    }
}
