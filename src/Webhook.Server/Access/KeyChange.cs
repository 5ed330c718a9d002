namespace Webhook.Server.Access;

/// <summary>What became of a change of the keys: a closed list, mapped once to the API's statuses.</summary>
internal abstract record KeyChange
{
    private KeyChange()
    {
    }

    /// <param name="Token">Shown this once; only its hash is kept.</param>
    internal sealed record Added(AccessKey Key, string Token) : KeyChange
    {
        /// <summary>Never the token: records print their properties.</summary>
        public override string ToString() => $"Added {Key.Name}";
    }

    internal sealed record Removed(AccessKey Key) : KeyChange;

    internal sealed record NotFound : KeyChange;

    internal sealed record NameTaken : KeyChange;

    internal sealed record TooMany : KeyChange;

    /// <summary>Without it nobody could manage anything any more.</summary>
    internal sealed record LastAdmin : KeyChange;

    /// <summary>It is not in the file: it comes from the environment, or is the demo's.</summary>
    internal sealed record NotStored(KeyOrigin Origin) : KeyChange;

    /// <summary>The file could not be written; nothing was changed.</summary>
    internal sealed record Unwritable : KeyChange;
}

/// <summary>Where a key comes from.</summary>
internal enum KeyOrigin
{
    File,
    Environment,

    /// <summary>Lives as long as the process.</summary>
    Program,
}

/// <param name="LastUsedAt">null: not since the start of the process. To the second.</param>
internal sealed record ActiveKey(AccessKey Key, KeyOrigin Origin, DateTimeOffset? LastUsedAt);
