using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Webhook.Actors;

namespace Webhook.Server.Serving;

/// <summary>
/// The key ring's files, synced before anything is encrypted with their keys. The framework only writes them: after a power cut they would be empty, and the secrets in the journal, which is
/// synced, would be lost.
/// </summary>
internal sealed class KeyRingFolder(DirectoryInfo folder, ILoggerFactory loggers) : FileSystemXmlRepository(folder, loggers)
{
    public override void StoreElement(XElement element, string friendlyName)
    {
        base.StoreElement(element, friendlyName);
        foreach (var file in Directory.GetFiles("*.xml"))
        {
            using var stream = file.Open(FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }

        FolderSync.Sync(Directory.FullName);
        if (Directory.Parent is { } parent) FolderSync.Sync(parent.FullName);
    }
}
