namespace Webhook.Actors.Events;

/// <summary>Why a body or one of its events is refused: a closed list; the server maps each to one status and one word.</summary>
internal enum IngestFault
{
    EmptyBody,
    TooManyEvents,
    NotJson,
    NotUtf8,
    NotAnObject,
    TooDeep,
    EventTooLarge,
    Timestamp,
    RepeatedTimestamp,
    FalcoAlert,
}

/// <param name="Reason">A sentence without its subject ("is a number, not a JSON object") for an event, a whole one for a body.</param>
internal readonly record struct Fault(IngestFault Kind, string Reason);

/// <summary>One refused event: its number in the body from 0, and where its first byte is in the inflated body.</summary>
internal sealed record EventRefusal(int Index, int Offset, IngestFault Kind, string Reason);
