namespace Webhook.Server.Inputs.Following;

/// <summary>Reads a file as it grows: over renaming, copying with truncation, deletion, a switched symbolic link, and restarts of this program, each line once.</summary>
/// <remarks>
/// <code>
///                       there is more
///                      +-------------+
/// (1) find the place   v             |          something newer has content, twice in a row          the newer ones, the oldest first
/// of the last run ---> (2) read and store  --------------------------------------------------> (4) ------------------------------------> (2)
///                      ^             |  the end
///                      +-- 200 ms ---+  (3) shorter than what was read, or another beginning: a copy of it is read to its end, then this one from its beginning
/// </code>
/// It looks instead of listening: notifications get lost when a queue is full, do not come over network filesystems, and say nothing of what happened before. A look is one system call.
/// What was read is known by what stands in the file, not by its name; where the place is kept: <see cref="FollowedPlace"/>.
/// </remarks>
internal sealed class FollowedFile(FollowedFileDefinition input, LineStore store, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly RotatedFiles _rotated = new(input.Path);
    private readonly Queue<OpenFile> _next = new();
    private FollowedPlace? _saved;
    private OpenFile? _file;
    private LineCutter? _cutter;
    private FileStatus? _lastSeen;
    private bool _isReplaced;
    private bool _isWaiting;
    private string? _trouble;

    /// <param name="saved">Where the last run was; null: there was none.</param>
    /// <param name="stopReading">What was read until then is stored.</param>
    /// <param name="giveUp">It is not.</param>
    public async Task RunAsync(FollowedPlace? saved, CancellationToken stopReading, CancellationToken giveUp)
    {
        _saved = saved;
        try
        {
            while (!stopReading.IsCancellationRequested)
                if (!await LookAsync(giveUp)) await PauseAsync(stopReading);
        }
        finally
        {
            Close();
            foreach (var file in _next) file.Dispose();
        }
    }

    /// <returns>false: there is nothing to read for now.</returns>
    private async ValueTask<bool> LookAsync(CancellationToken giveUp)
    {
        try
        {
            if (_file is null && !await OpenAsync(giveUp)) return Waits();
            var isMore = await IsCutOffAsync(giveUp) || await ReadAsync(giveUp) || await TurnAsync(giveUp);
            if (_trouble is not null) logger.LogInformation("{Path} can be read again", input.Path);
            _trouble = null;
            return isMore;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_trouble != e.Message) logger.LogWarning("{Path} cannot be read: {Reason} It is tried again", input.Path, e.Message);
            _trouble = e.Message;
            return false;
        }
    }

    /// <summary>Said once: a wrong path looks like one that nobody has written to yet.</summary>
    private bool Waits()
    {
        if (!_isWaiting) logger.LogInformation("{Path} is not there, has nothing new, or is no regular file that can be reached; it is waited for", input.Path);
        _isWaiting = true;
        return false;
    }

    /// <summary>(1) Where the last run was, in the file at the path or in one that was rotated meanwhile; else the file at the path, from where the definition says.</summary>
    private ValueTask<bool> OpenAsync(CancellationToken giveUp)
    {
        if (_next.TryDequeue(out var next)) return ValueTask.FromResult(Start(next, 0));
        return _saved is { } place ? ValueTask.FromResult(GoOn(place)) : OpenFirstAsync(giveUp);
    }

    private async ValueTask<bool> OpenFirstAsync(CancellationToken giveUp)
    {
        if (OpenFile.TryOpen(input.Path) is { } first)
        {
            Start(first, input.From == StartFrom.End ? EndOf(first) : 0);
            // So that a run that stores nothing does not begin anew.
            await store.SaveMarkAsync(store.MarkAt(first.PlaceAt(_cutter!.Start).ToBytes()), giveUp);
            return true;
        }

        // There is none yet: whatever comes from here on is new, also what is rotated before it was seen.
        var place = FollowedPlace.Before(_rotated.Paths().Select(FileStatus.Of).Max(static status => status?.ChangedAt) ?? 0);
        await store.SaveMarkAsync(store.MarkAt(place.ToBytes()), giveUp);
        _saved = place;
        return false;
    }

    private bool GoOn(FollowedPlace place)
    {
        if (Find(place) is { } found) return Start(found, place.Offset);
        // The number may be there still, of a file that says something else by now.
        EnqueueNewerThan(place.ChangedAt, read: default);
        if (!_next.TryDequeue(out var oldest)) return false;
        if (!place.IsBefore)
            logger.LogWarning("The file that {Path} was is gone; what was written to it behind byte {Offset} is lost, if anything was", input.Path, place.Offset);
        return Start(oldest, 0);
    }

    /// <summary>(2)</summary>
    /// <returns>false at the end of what is there.</returns>
    private async ValueTask<bool> ReadAsync(CancellationToken giveUp)
    {
        var (file, cutter) = (_file!, _cutter!);
        var read = 0;
        while (!cutter.IsFull && file.Read(cutter.Free().Span, cutter.Position) is var more and > 0)
        {
            cutter.Advance(more);
            read += more;
        }

        await StoreAsync(end: false, giveUp);
        return read > 0;
    }

    /// <summary>(3): before anything more is read from behind what was read, that must still be there.</summary>
    private async ValueTask<bool> IsCutOffAsync(CancellationToken giveUp)
    {
        var (file, cutter) = (_file!, _cutter!);
        if (file.Status() is not { } now || now == _lastSeen) return false;
        _lastSeen = now;
        var read = file.PlaceAt(cutter.Start);
        if (now.Size >= cutter.Position && file.HashOf(read.PrefixLength) == read.PrefixHash) return false;
        await BeginAnewAsync(read, giveUp);
        return true;
    }

    /// <summary>(4): the end is reached; is it the end of what there will be?</summary>
    /// <remarks>
    /// A rotation makes the new file at once, and whoever writes may hold on to the old one for as long as nobody tells it to open the new. So it is stayed with until something newer has content.
    /// </remarks>
    private async ValueTask<bool> TurnAsync(CancellationToken giveUp)
    {
        var file = _file!;
        if (_next.Count == 0 && (FileStatus.Of(input.Path)?.Identity == file.Identity || NewerThan(ChangedAt(file), file.Identity).Count == 0))
        {
            _isReplaced = false;
            return false;
        }

        // What was written between the last read and this look is read by the next one.
        if (!_isReplaced && _next.Count == 0)
        {
            _isReplaced = true;
            return false;
        }

        if (_next.Count == 0) EnqueueNewerThan(ChangedAt(file), file.Identity);
        if (_next.Count == 0) return false;
        await StoreAsync(end: true, giveUp);
        Close();
        return true;
    }

    /// <summary>(3) The file was cut off. If a copy of it was made before, what has not been read is in that.</summary>
    private async ValueTask BeginAnewAsync(FollowedPlace place, CancellationToken giveUp)
    {
        var (file, copy) = (_file!, FindCopy(place));
        if (copy is null && _cutter!.Position > _cutter.Start)
            logger.LogWarning("{Path} was truncated in the middle of a line; the {Bytes} bytes of it that had been read are dropped", file.Path, _cutter.Position - _cutter.Start);
        _cutter!.Dispose();
        file.ForgetPrefix();
        if (copy is null)
        {
            Start(file, 0);
            return;
        }

        Start(copy, place.Offset);
        while (await ReadAsync(giveUp))
        {
        }

        await StoreAsync(end: true, giveUp);
        Close();
        Start(file, 0);
    }

    private async ValueTask StoreAsync(bool end, CancellationToken giveUp)
    {
        var (file, cutter) = (_file!, _cutter!);
        while (cutter.TryTake(end, out var block))
        {
            await store.StoreAsync(block, file.Path, store.MarkAt(file.PlaceAt(block.End).ToBytes()), giveUp);
            cutter.Consume();
        }
    }

    private bool Start(OpenFile file, long offset)
    {
        _saved = null;
        _file = file;
        _cutter = store.NewCutter(offset);
        _lastSeen = null;
        _isReplaced = false;
        return true;
    }

    private void Close()
    {
        _file?.Dispose();
        _cutter?.Dispose();
        _file = null;
        _cutter = null;
    }

    private OpenFile? Find(FollowedPlace place) =>
        FirstOf([input.Path, .. _rotated.Paths()], file => file.Identity == place.File && place.BeginsLike(file)) ?? FindCopy(place);

    private OpenFile? FindCopy(FollowedPlace place) =>
        place.PrefixLength == 0 ? null : FirstOf(_rotated.Paths(), file => file.Identity != place.File && place.BeginsLike(file));

    private static OpenFile? FirstOf(IEnumerable<string> paths, Func<OpenFile, bool> isIt)
    {
        foreach (var path in paths)
        {
            if (OpenFile.TryOpen(path) is not { } file) continue;
            if (isIt(file)) return file;
            file.Dispose();
        }

        return null;
    }

    /// <remarks>Opens all of them or none: names may move on between the look and the opening, and the next look finds them as they are then.</remarks>
    private void EnqueueNewerThan(long changedAt, FileIdentity read)
    {
        var opened = new List<OpenFile>();
        var isComplete = false;
        try
        {
            isComplete = NewerThan(changedAt, read).TrueForAll(newer =>
            {
                if (OpenFile.TryOpen(newer.Path) is not { } file) return false;
                opened.Add(file);
                return file.Identity == newer.Identity;
            });
        }
        finally
        {
            foreach (var file in opened)
            {
                if (isComplete) _next.Enqueue(file);
                else file.Dispose();
            }
        }
    }

    /// <summary>What was rotated after the file that was read last, the oldest first, and the file at the path; those of them that have content.</summary>
    private List<(string Path, FileIdentity Identity)> NewerThan(long changedAt, FileIdentity read)
    {
        var current = FileStatus.Of(input.Path);
        var newer = _rotated.Paths()
            .Select(path => (Path: path, Status: FileStatus.Of(path)))
            .Where(file => file.Status is { Size: > 0 } status && status.Identity != read && status.Identity != current?.Identity && status.ChangedAt > changedAt)
            .OrderBy(static file => file.Status!.Value.ChangedAt)
            .Select(static file => (file.Path, file.Status!.Value.Identity))
            .ToList();
        if (current is { Size: > 0 } there && there.Identity != read) newer.Add((input.Path, there.Identity));
        return newer;
    }

    private static long ChangedAt(OpenFile file) => file.Status()?.ChangedAt ?? 0;

    /// <summary>Behind the last line break.</summary>
    private static long EndOf(OpenFile file)
    {
        var buffer = new byte[4096];
        for (var end = file.Status()?.Size ?? 0; end > 0;)
        {
            var start = Math.Max(0, end - buffer.Length);
            var read = file.Read(buffer.AsSpan(0, (int)(end - start)), start);
            if (buffer.AsSpan(0, read).LastIndexOf((byte)'\n') is var line and >= 0) return start + line + 1;
            end = start;
        }

        return 0;
    }

    private async ValueTask PauseAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(Interval, time, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
