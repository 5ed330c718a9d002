using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Webhook.Server.Client;

/// <summary>Calls the REST API of a running server. Whatever is not a success is a <see cref="ClientFailure"/> with the API's own words.</summary>
internal sealed class ApiClient : IDisposable
{
    /// <summary>Beyond the longest that the server takes for a change with its test.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly ServerAddress _server;
    private readonly HttpClient _http;

    public ApiClient(ServerAddress server)
    {
        _server = server;
        // A redirect would take the token elsewhere. The environment's proxy is for other machines.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = ConnectTimeout, UseProxy = !server.Url.IsLoopback, UseCookies = false };
        _http = new HttpClient(handler) { BaseAddress = server.Url, Timeout = AnswerTimeout };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("webhook", Product.Version));
    }

    /// <summary>For people.</summary>
    public string Server => _server.Url.ToString().TrimEnd('/');

    public Task<ApiAnswer> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, (HttpContent?)null, cancellation);

    public Task<ApiAnswer> SendAsync(HttpMethod method, string path, JsonNode body, CancellationToken cancellation) =>
        SendAsync(method, path, new StringContent(body.ToJsonString(), null, "application/json"), cancellation);

    /// <param name="path">From the server's root, with its query.</param>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, content, HttpCompletionOption.ResponseContentRead, cancellation);
        return new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>An answer without an end; the caller disposes it.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellation);

    /// <summary>The connection broke, or was never there.</summary>
    public ClientFailure Unreachable(Exception e) => ClientFailure.Unavailable(
        $"cannot reach the server at {Server}: {(e.InnerException ?? e).Message}. Is 'webhook serve' running there? --server or {ServerAddress.ServerVariable} says where it is");

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, HttpCompletionOption until, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/')) { Content = content };
        try
        {
            var response = await _http.SendAsync(request, until, cancellation);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw FailureOf(response, await response.Content.ReadAsByteArrayAsync(cancellation));
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw ClientFailure.Unavailable(
                e.InnerException is TimeoutException
                    ? $"no answer from the server at {Server} within {AnswerTimeout.TotalSeconds} s; whether it was done is unknown, so look before trying again"
                    : $"cannot reach the server at {Server}: no connection within {ConnectTimeout.TotalSeconds} s");
        }
    }

    private ClientFailure FailureOf(HttpResponseMessage response, byte[] body)
    {
        if (AnsweredError.Read(body) is not { } error)
            return ClientFailure.Unavailable(string.Create(
                CultureInfo.InvariantCulture, $"{Server} answered {(int)response.StatusCode} and not as webhook does: another program listens there, or one stands in between"));
        var message = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => $"the server at {Server} does not know the token of {_server.TokenSource}",
            HttpStatusCode.Forbidden => $"the token of {_server.TokenSource} may not do this: its key has another role",
            _ => error.Message!,
        };
        if (response.Headers.RetryAfter?.Delta is { } wait) message += string.Create(CultureInfo.InvariantCulture, $" (try again in {wait.TotalSeconds} s)");
        var mayWorkLater = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
        return new ClientFailure(mayWorkLater ? ExitCode.Unavailable : ExitCode.Failed, message, error.Details) { Type = error.Type };
    }
}
