using System.Globalization;
using System.Text;
using Webhook.Actors.Events;
using Webhook.Server.Ingest;

namespace Webhook.Server.Receiving;

/// <summary>
/// One request: (1) what is to be done wrong with it, (2) its body, (3) its events, (4) who sent it, (5) what becomes of it, (6) the receipt, and (7) the answer, or the
/// connection's end. What a request is taken for is decided and written before the sender hears of it.
/// </summary>
internal sealed class BatchReceiver(RequestVerifier verifier, FaultPlan faults, IReceiptWriter writer, TimeProvider time)
{
    private const int MaxBodyBytes = 256 * 1024 * 1024;

    private readonly TakenBatches _taken = new();
    private readonly byte[][] _refuse = [.. faults.Options.RefuseEvents.Select(Encoding.UTF8.GetBytes)];
    private readonly Lock _writing = new();
    private ReceiverCounts _counts = ReceiverCounts.None;

    // What a forwarder may have let in, whatever its settings.
    private readonly IngestOptions _bounds = new()
    {
        MaxBodyBytes = (int)Math.Min(faults.Options.TooLarge ?? MaxBodyBytes, MaxBodyBytes),
        MaxInflatedBytes = 2 * MaxBodyBytes,
        MaxEventBytes = 64 * 1024 * 1024,
        MaxDepth = 1000,
    };

    /// <summary>Called after every request, on its thread.</summary>
    public Action? Received { get; init; }

    public ReceiverCounts Counts => Volatile.Read(ref _counts);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await ReceiveAsync(context, faults.Next());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The sender broke off: nothing was taken, and nobody is there to answer.
            context.Abort();
        }
    }

    private async Task ReceiveAsync(HttpContext context, Fault fault)
    {
        var request = context.Request;
        var (body, unread) = await RequestBody.ReadAsync(request, _bounds, context.RequestAborted);
        using (body)
        {
            var bytes = body is null ? default : body.Array.AsMemory(0, body.Length);
            var parsed = body is null ? null : EventParser.Parse(
                "received", body.Array, body.Length, IngestHandler.Framing(request.ContentType), _bounds, EventTimestamp.From(time.GetUtcNow()));
            using var found = (parsed as ParseResult.Parsed)?.Events;
            // The events own it from here on.
            if (found is not null) body!.Detach();
            if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, time, context.RequestAborted);
            var receipt = new Receipt(
                time.GetUtcNow(), $"{request.Method} {request.Path}{request.QueryString} {request.Protocol}", request.Headers, bytes, Places(found),
                body is null ? [] : verifier.Verify(request.Headers, bytes.Span), ReceiptOutcome.Taken, StatusCodes.Status200OK, null);
            await AnswerAsync(context, Decide(receipt, request, unread ?? Unreadable(parsed!), fault));
        }
    }

    /// <param name="receipt">As if nothing were wrong with the request.</param>
    /// <param name="error">Why its body or the events in it cannot be read; null: they can.</param>
    private Decision Decide(Receipt receipt, HttpRequest request, ApiError? error, Fault fault)
    {
        if (!HttpMethods.IsPost(request.Method)) return Refuse(new ApiError(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "batches come with POST"));
        if (error is { Type: "body_too_large" } && faults.Options.TooLarge is not null) return Fail(error.Status, "--too-large: " + error.Message);
        if (fault.Fail is { } fail) return Fail(fail.Status, "--fail " + fail.Text);
        if (receipt.Verdicts.FirstOrDefault(static verdict => !verdict.Passed) is { } wrong)
            return Refuse(new ApiError(StatusCodes.Status401Unauthorized, "not_verified", $"{wrong.Check}: {wrong.Reason}"));
        if (error is not null) return Refuse(error);

        var refused = RefusedOf(receipt);
        if (refused.Count > 0 && !faults.Options.NamesRefused)
            return Refuse(new ApiError(StatusCodes.Status422UnprocessableEntity, "event_refused", Text($"--refuse-event: {refused.Count} of {receipt.Events.Count} events")));
        if (_taken.Take(request.Path, request.Headers) is { } before) return new Decision(receipt with { Outcome = ReceiptOutcome.Repeat, Reason = before });
        if (refused.Count > 0)
            receipt = receipt with { Status = StatusCodes.Status207MultiStatus, Reason = Text($"--refuse-event: {refused.Count} of {receipt.Events.Count} events, named"), RefusedEvents = refused };
        return new Decision(fault.Resets ? receipt with { Status = null } : receipt);

        Decision Refuse(ApiError answer) => new(receipt with { Outcome = ReceiptOutcome.Refused, Status = answer.Status, Reason = answer.Message }, answer);

        Decision Fail(int status, string reason) => new(
            receipt with { Outcome = ReceiptOutcome.Failed, Status = status, Reason = reason },
            new ApiError(status, "failed_on_purpose", reason) { RetryAfter = faults.Options.RetryAfter });
    }

    private async Task AnswerAsync(HttpContext context, Decision decision)
    {
        var (receipt, error) = decision;
        lock (_writing)
        {
            Volatile.Write(ref _counts, _counts.With(receipt));
            writer.Write(receipt);
        }

        Received?.Invoke();
        if (receipt.Status is not { } status)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        // A redirect or 304 is told by its status alone.
        if (error is { Status: >= 400 }) await error.WriteAsync(context);
        else if (receipt.RefusedEvents.Count > 0) await WriteRefusedAsync(context, receipt);
    }

    private List<int> RefusedOf(Receipt receipt)
    {
        List<int> refused = [];
        for (var i = 0; i < receipt.Events.Count && _refuse.Length > 0; i++)
        {
            var (offset, length) = receipt.Events[i];
            foreach (var text in _refuse)
            {
                if (receipt.Body.Span.Slice(offset, length).IndexOf(text) < 0) continue;
                refused.Add(i);
                break;
            }
        }

        return refused;
    }

    private static Task WriteRefusedAsync(HttpContext context, Receipt receipt)
    {
        var entries = receipt.RefusedEvents.Select(static index => Text($$"""{"index":{{index}},"reason":"it holds a text of --refuse-event"}"""));
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"refused":[{{string.Join(',', entries)}}]}""", context.RequestAborted);
    }

    private static ApiError? Unreadable(ParseResult parsed) => parsed switch
    {
        ParseResult.Unreadable unreadable => IngestErrors.Unreadable(unreadable.Fault),
        ParseResult.Parsed { RefusedCount: > 0 } some => IngestErrors.RefusedEvents(some),
        _ => null,
    };

    private static ReceivedEvent[] Places(IncomingEvents? found)
    {
        var events = found is null ? [] : found.Events;
        var places = new ReceivedEvent[events.Length];
        for (var i = 0; i < events.Length; i++) places[i] = new ReceivedEvent(events[i].Offset, events[i].Length);
        return places;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="Error">The answer's body; null: it has none.</param>
    private readonly record struct Decision(Receipt Receipt, ApiError? Error = null);
}
