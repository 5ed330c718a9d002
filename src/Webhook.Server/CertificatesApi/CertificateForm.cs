using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Webhook.Actors.Certificates;
using Webhook.Actors.Integrations;

namespace Webhook.Server.CertificatesApi;

/// <summary>
/// The multipart body of an upload, read into memory within its limits. The framework's own form reader would put a part on disk, and there may be a private key in it.
/// </summary>
internal static class CertificateForm
{
    public const string NamePart = "name";
    public const string KeyPart = "key";
    public const string PasswordPart = "password";

    /// <summary>Of <see cref="NamePart"/> and <see cref="PasswordPart"/>, in bytes.</summary>
    public const int MaxTextBytes = 4096;

    private const int MaxBoundaryLength = 200;

    /// <param name="file">The name of the part with the certificate.</param>
    /// <param name="known">The names of all parts.</param>
    /// <returns>No upload when it cannot be read: then there is an error, in <paramref name="errors"/> or as the answer to be given.</returns>
    public static async Task<(CertificateUpload? Upload, ApiError? TooLarge)> ReadAsync(
        HttpRequest request, string file, string[] known, SettingErrors errors)
    {
        var parts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            if (Boundary(request.ContentType) is not { } boundary)
            {
                errors.Add("", $"the body must be multipart/form-data with the parts {string.Join(", ", known)}; it is {request.ContentType ?? "of no type"}");
                return (null, null);
            }

            var reader = new MultipartReader(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
            {
                var name = NameOf(section);
                if (!known.Contains(name))
                {
                    errors.Add(name, $"unknown part; known here: {string.Join(", ", known)}");
                    return (null, null);
                }

                var limit = name is NamePart or PasswordPart ? MaxTextBytes : CertificateFile.MaxBytes;
                if (await ReadAsync(section, limit, request.HttpContext.RequestAborted) is not { } bytes) return (null, TooLarge(name, limit));
                if (parts.TryAdd(name, bytes)) continue;
                errors.Add(name, "is given twice; give it once");
                return (null, null);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            errors.Add("", "the body is no complete multipart/form-data: it ends in the middle of a part, or a part's headers cannot be read");
            return (null, null);
        }

        var password = Text(parts, PasswordPart, errors) is { } text ? new SecretText(text) : null;
        return (new CertificateUpload(Text(parts, NamePart, errors), parts.GetValueOrDefault(file), parts.GetValueOrDefault(KeyPart), password), null);
    }

    private static string? Boundary(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= MaxBoundaryLength } boundary
            ? boundary.ToString()
            : null;

    private static string NameOf(MultipartSection section) =>
        ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).ToString() : "";

    /// <returns>null when there is more than <paramref name="limit"/>.</returns>
    private static async Task<byte[]?> ReadAsync(MultipartSection section, int limit, CancellationToken cancellation)
    {
        var buffer = new byte[limit + 1];
        var length = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length > limit ? null : buffer[..length];
    }

    private static ApiError TooLarge(string part, int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "file_too_large", $"The part '{part}' has more than {limit} bytes.");

    private static string? Text(Dictionary<string, byte[]> parts, string name, SettingErrors errors)
    {
        if (!parts.TryGetValue(name, out var bytes)) return null;
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        errors.Add(name, "is not UTF-8");
        return null;
    }
}
