namespace Webhook.Server.IntegrationFiles.Yaml;

/// <summary>A value of a YAML file with its place. An alias is the node that it stands for.</summary>
internal abstract class YamlNode(FilePlace place)
{
    public FilePlace Place => place;

    /// <summary>For messages.</summary>
    public abstract string Kind { get; }
}

/// <param name="isPlain">Without quotes, and no block: what may be more than a string.</param>
internal sealed class YamlScalar(FilePlace place, string text, bool isPlain) : YamlNode(place)
{
    public string Text => text;

    public bool IsPlain => isPlain;

    /// <summary>YAML 1.2, 10.3.2: what is left out, <c>~</c> and <c>null</c>.</summary>
    public bool IsNull => isPlain && text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "null" : "a single value";
}

internal sealed class YamlList(FilePlace place, IReadOnlyList<YamlNode> items) : YamlNode(place)
{
    public IReadOnlyList<YamlNode> Items => items;

    public override string Kind => "a list";
}

/// <param name="entries">As they stand: also what is given twice.</param>
internal sealed class YamlMapping(FilePlace place, IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> entries) : YamlNode(place)
{
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries => entries;

    public override string Kind => "a mapping";
}
