namespace Webhook.Load.Events;

/// <summary>How the events of a request stand in its body.</summary>
internal enum BodyFormat
{
    /// <summary>A JSON array, also of one.</summary>
    Array,

    /// <summary>One object a line.</summary>
    Ndjson,

    /// <summary>The object alone; one event a request.</summary>
    Object,
}

/// <param name="Bytes">Of one event, filled up to this; a smaller value than the fields need has no effect.</param>
/// <param name="PerRequest">Events of a request.</param>
/// <param name="PoisonEvery">Each so many-th event is one that a refusing receiver does not take; 0: none.</param>
internal sealed record EventShape(int Bytes = 652, int PerRequest = 1000, BodyFormat Format = BodyFormat.Array, int PoisonEvery = 0)
{
    public bool IsPoison(long number) => PoisonEvery > 0 && number % PoisonEvery == 0;
}
