using System.Text.Json;
using System.Text.Json.Serialization;
using Webhook.Actors;

namespace Webhook.Server.Access;

/// <summary>The keys' file in the data folder. Written whole beside the old one, synced and renamed, so that a crash leaves one of the two.</summary>
internal sealed partial class AccessKeyFile(string dataFolder)
{
    public string Path { get; } = System.IO.Path.Combine(dataFolder, "access-keys.json");

    /// <returns>null on the first start.</returns>
    /// <exception cref="InvalidDataException">The file cannot be read as keys; it is not overwritten.</exception>
    public IReadOnlyList<AccessKey>? Load()
    {
        if (!File.Exists(Path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path), Json.Default.IReadOnlyListAccessKey)
                ?? throw new InvalidDataException(Damaged("it holds null"));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(Damaged(e.Message), e);
        }
    }

    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: the file could not be written; the old one is in its place, unless only its folder could not be synced.</exception>
    public void Save(IReadOnlyList<AccessKey> keys)
    {
        var temporary = Path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, keys, Json.Default.IReadOnlyListAccessKey);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path, overwrite: true);
        FolderSync.Sync(dataFolder);
    }

    private string Damaged(string why) =>
        $"The access keys in {Path} cannot be read: {why}. Restore the file, or remove it to have new keys made at the next start.";

    [JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(IReadOnlyList<AccessKey>))]
    private sealed partial class Json : JsonSerializerContext;
}
