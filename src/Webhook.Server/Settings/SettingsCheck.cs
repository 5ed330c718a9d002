using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Webhook.Server.Settings;

/// <summary>Finds everything that is wrong with the settings at once: keys that nobody knows, values that do not parse, values out of range.</summary>
internal static class SettingsCheck
{
    public const string Root = "Webhook";

    public static IReadOnlyList<string> FindErrors(IServiceProvider services)
    {
        var sections = services.GetServices<SettingsSection>().ToList();
        var errors = new List<string>();
        var configuration = services.GetRequiredService<IConfiguration>();
        FindUnknown(configuration.GetSection(Root), sections, errors);
        foreach (var section in sections)
        {
            try
            {
                section.Read(services);
            }
            catch (OptionsValidationException e)
            {
                errors.AddRange(e.Failures.Select(failure => $"{section.Name}: {failure}"));
            }
            catch (InvalidOperationException e)
            {
                // The binder's message names the key, the value and the type it should have.
                errors.Add(e.Message);
            }
        }

        return errors;
    }

    private static void FindUnknown(IConfigurationSection parent, List<SettingsSection> sections, List<string> errors)
    {
        foreach (var child in parent.GetChildren())
        {
            if (sections.Find(s => s.Name.Equals(child.Path, StringComparison.OrdinalIgnoreCase)) is { } section)
                FindUnknown(child, section.Type, errors);
            else if (sections.Exists(s => s.Name.StartsWith(child.Path + ":", StringComparison.OrdinalIgnoreCase)))
                FindUnknown(child, sections, errors);
            else
                errors.Add($"{child.Path}: unknown setting; known here: "
                    + string.Join(", ", sections.Select(s => NextPart(s.Name, parent.Path)).OfType<string>().Distinct().Order()));
        }
    }

    private static void FindUnknown(IConfigurationSection section, Type type, List<string> errors)
    {
        if (IsLeaf(type)) return;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsSetting).ToList();
        foreach (var child in section.GetChildren())
        {
            if (properties.Find(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
                FindUnknown(child, property.PropertyType, errors);
            else
                errors.Add($"{child.Path}: unknown setting; known here: {string.Join(", ", properties.Select(p => p.Name).Order())}");
        }
    }

    /// <summary>What the binder sets: also a list that it can only add to.</summary>
    private static bool IsSetting(PropertyInfo property) => property.CanWrite || typeof(IEnumerable).IsAssignableFrom(property.PropertyType);

    /// <summary>Lists and dictionaries have keys of the operator's own; everything of the framework is a value.</summary>
    private static bool IsLeaf(Type type) =>
        type.Namespace is not { } name || name.StartsWith("System", StringComparison.Ordinal) || type.IsEnum || typeof(IEnumerable).IsAssignableFrom(type);

    private static string? NextPart(string name, string parent) =>
        name.StartsWith(parent + ":", StringComparison.OrdinalIgnoreCase) ? name[(parent.Length + 1)..].Split(':')[0] : null;
}
