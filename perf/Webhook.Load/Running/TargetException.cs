namespace Webhook.Load.Running;

/// <summary>The target does not do what a run needs before it can begin; says what, and the way out.</summary>
internal sealed class TargetException(string message) : Exception(message);
