namespace Webhook.Testing;

/// <summary>A folder of the test's own, gone with it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("webhook-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
