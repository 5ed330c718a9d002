namespace Webhook.Actors.Integrations;

/// <summary>Everything that goes to the journal or between nodes: bound to <c>WireSerializer</c>, one stable manifest each.</summary>
public interface IWireMessage;
