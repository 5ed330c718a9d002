namespace Webhook.Actors.Integrations;

/// <summary>An integration as users see it: the catalog's name and the integration's own answer.</summary>
/// <param name="File">The configuration file in which it stands, which is the only place where it is changed; null: it is changed here.</param>
internal sealed record IntegrationView(string Name, IntegrationProtocol.Current Current, string? File = null)
{
    public IntegrationId Id => Current.Integration;

    public IntegrationSettings Settings => Current.Settings;
}

/// <summary>What became of a user's request: a closed list, mapped once to the API's statuses.</summary>
internal abstract record DirectoryResult
{
    private DirectoryResult()
    {
    }

    internal sealed record Done(IntegrationView Integration) : DirectoryResult
    {
        /// <summary>What it was, when this is the answer to an update.</summary>
        public IntegrationView? Before { get; init; }
    }

    internal sealed record Deleted(IntegrationId Id) : DirectoryResult
    {
        /// <summary>null when it was gone already.</summary>
        public string? Name { get; init; }
    }

    /// <summary>The test ran; whether it succeeded is in the report.</summary>
    internal sealed record Tested(LaneProtocol.TestReport Report) : DirectoryResult;

    internal sealed record NotFound(IntegrationId Id) : DirectoryResult;

    /// <param name="Errors">All of them, each with its field.</param>
    internal sealed record Invalid(IReadOnlyList<string> Errors) : DirectoryResult;

    internal sealed record NameTaken(string Name, IntegrationId By) : DirectoryResult;

    /// <summary>The test that was part of the request failed: nothing was changed.</summary>
    internal sealed record TestFailed(LaneProtocol.TestReport Report) : DirectoryResult;

    /// <summary>It stands in a configuration file, and only there it is changed.</summary>
    internal sealed record InFile(IntegrationId Id, string File) : DirectoryResult;

    internal sealed record Refused(IntegrationId Id, IntegrationProtocol.RefusalReason Reason) : DirectoryResult;

    /// <summary>No answer in time: whether it was done is unknown.</summary>
    internal sealed record Unanswered : DirectoryResult;
}
