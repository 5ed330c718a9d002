namespace Webhook.Server;

internal static class Product
{
    /// <summary>major.minor.patch of this build.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
