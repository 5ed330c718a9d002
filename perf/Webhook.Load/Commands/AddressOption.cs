using System.CommandLine;

namespace Webhook.Load.Commands;

/// <summary>Options that are addresses, of http or https.</summary>
internal static class AddressOption
{
    public static Option<Uri?> Create(string name, string description, string? fallback = null) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => fallback is null ? null : new Uri(fallback),
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)) return address;
            argument.AddError($"{name} '{text}': expected an address like http://127.0.0.1:8080");
            return null;
        },
    };
}
