using Microsoft.Extensions.Primitives;
using Webhook.Server.Ingest;

namespace Webhook.Server.Tests.Ingest;

public sealed class ContentEncodingsTests
{
    [Theory]
    [InlineData("", "identity")]
    [InlineData("identity", "identity")]
    [InlineData("gzip", "gzip")]
    [InlineData("X-GZip", "gzip")]
    [InlineData(" BR ", "br")]
    [InlineData("zstd", "zstd")]
    [InlineData("identity, zstd", "zstd")]
    public void TryParse_Known_IsTaken(string header, string name)
    {
        ContentEncodings.TryParse(header, out var encoding).ShouldBeTrue();

        ContentEncodings.Name(encoding).ShouldBe(name);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip;q=1")]
    public void TryParse_UnknownOrSeveral_IsRefused(string header) => ContentEncodings.TryParse(header, out _).ShouldBeFalse();

    [Fact]
    public void TryParse_SeveralLines_AreRefused() => ContentEncodings.TryParse(new StringValues(["gzip", "zstd"]), out _).ShouldBeFalse();
}
