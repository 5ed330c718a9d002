using Webhook.Server.Access;

namespace Webhook.Server.Serving;

/// <summary>What <c>serve</c> says on standard output; the log goes to standard error, so that a token shown here never gets into it.</summary>
internal static class ServeConsole
{
    public static void PrintStarted(TextWriter output, string address, string dataFolder, NewTokens tokens)
    {
        output.WriteLine();
        output.WriteLine($"webhook {Product.Version} is serving.");
        output.WriteLine();
        output.WriteLine($"  address      {address}");
        output.WriteLine($"  health       {address}/health/ready");
        output.WriteLine($"  metrics      {address}/metrics");
        output.WriteLine($"  data         {dataFolder}");
        if (tokens.Admin is not null) output.WriteLine($"  admin token  {tokens.Admin}   (shown this once)");
        if (tokens.Ingest is not null) output.WriteLine($"  ingest key   {tokens.Ingest}   (shown this once)");
        output.WriteLine();
        output.WriteLine($"""
              try  curl -i {address}/v1/events/SECURE_EVENTS_POLICIES -H 'Authorization: Bearer {tokens.Ingest ?? "<ingest key>"}' -d '{"{"}"type":"policy","name":"hello"{"}"}'
            """);
        output.WriteLine();
    }
}
