using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;

namespace Webhook.Actors.EventLog.RocksDb;

/// <summary>How far a partition was durable, and from where on it was kept.</summary>
/// <param name="LastBlock">The last durable block; 0 before the first.</param>
/// <param name="Events">Events ever appended, up to and with that block.</param>
/// <param name="Bytes">Block bytes ever appended, likewise.</param>
/// <param name="Trim">Everything before this was dropped on purpose.</param>
internal readonly record struct HeadMark(long LastBlock, long Events, long Bytes, TrimMark Trim);

/// <summary>
/// The file <c>head</c>: tells how far the log was durable, independently of RocksDB, which cannot tell a write-ahead log that lost its end from one that never had it.
/// Memory-mapped, so that an update costs no system call and survives the process.
/// </summary>
/// <remarks>Two slots of 64 bytes, written in turn: u32 magic, u32 turn, six i64 of <see cref="HeadMark"/>, u64 XXH3 of those 56 bytes. A torn write leaves the other slot.</remarks>
internal sealed class HeadWitness : IDisposable
{
    private const int SlotSize = 64;
    private const uint Magic = 0x31444857;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private uint _turn;

    private HeadWitness(MemoryMappedFile file, MemoryMappedViewAccessor view)
    {
        _file = file;
        _view = view;
    }

    /// <summary>null in a new file; nothing is invented.</summary>
    public HeadMark? Mark { get; private set; }

    /// <summary>The file holds something, but no slot that can be trusted.</summary>
    public bool Damaged { get; private set; }

    /// <summary>Opens or makes the file and keeps it to this process: it is the log's lock, too.</summary>
    /// <exception cref="EventLogException">Another process has it.</exception>
    public static HeadWitness Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new EventLogException($"The event log's file {path} could not be opened ({e.Message}); stop the other process that uses this log, or give this one a Path of its own.", e);
        }

        var file = MemoryMappedFile.CreateFromFile(stream, null, Math.Max(2 * SlotSize, stream.Length), MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        var witness = new HeadWitness(file, file.CreateViewAccessor(0, 2 * SlotSize));
        witness.Load();
        return witness;
    }

    /// <summary>Keeps the log from whoever would write to it until it is disposed, and writes nothing itself; null when there is no such file, and so nobody who has it.</summary>
    /// <exception cref="EventLogException">Another process has it.</exception>
    public static FileStream? Hold(string path)
    {
        try
        {
            return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read) : null;
        }
        catch (IOException e)
        {
            throw new EventLogException($"The event log in {Path.GetDirectoryName(path)} is in use, probably by a running server ({e.Message}); stop that first.", e);
        }
    }

    public void Update(HeadMark mark)
    {
        Mark = mark;
        _turn++;
        Span<byte> slot = stackalloc byte[SlotSize];
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], _turn);
        ReadOnlySpan<long> numbers = [mark.LastBlock, mark.Events, mark.Bytes, mark.Trim.Block, mark.Trim.EventsBefore, mark.Trim.BytesBefore];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(slot[(8 + (8 * i))..], numbers[i]);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[56..], XxHash3.HashToUInt64(slot[..56]));
        _view.SafeMemoryMappedViewHandle.WriteSpan(_turn % 2 * SlotSize, (ReadOnlySpan<byte>)slot);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private void Load()
    {
        Span<byte> slots = stackalloc byte[2 * SlotSize];
        _view.SafeMemoryMappedViewHandle.ReadSpan(0, slots);
        for (var i = 0; i < 2; i++)
        {
            var slot = slots.Slice(i * SlotSize, SlotSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(slot) != Magic) continue;
            if (BinaryPrimitives.ReadUInt64LittleEndian(slot[56..]) != XxHash3.HashToUInt64(slot[..56])) continue;
            var turn = BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]);
            if (Mark is not null && unchecked((int)(turn - _turn)) < 0) continue;
            _turn = turn;
            Mark = new HeadMark(Number(slot, 0), Number(slot, 1), Number(slot, 2), new TrimMark(Number(slot, 3), Number(slot, 4), Number(slot, 5)));
        }

        Damaged = Mark is null && slots.ContainsAnyExcept((byte)0);
    }

    private static long Number(ReadOnlySpan<byte> slot, int index) => BinaryPrimitives.ReadInt64LittleEndian(slot[(8 + (8 * index))..]);
}
