using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>The docstrings of an assembly, from the XML file that the compiler writes beside it: descriptions in CRDs are the code's own words.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocumentation(Dictionary<string, XElement> members) => _members = members;

    /// <summary>Reads the documentation of the given assemblies; a missing file is an <see cref="FileNotFoundException"/>.</summary>
    public static XmlDocumentation Load(params Assembly[] assemblies) => new(assemblies
        .SelectMany(a => XDocument.Load(Path.ChangeExtension(a.Location, ".xml")).Descendants("member"))
        // Code that the compiler generates has the same names in every assembly.
        .Where(m => !m.Attribute("name")!.Value[1..].StartsWith(":System.", StringComparison.Ordinal))
        .ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal));

    /// <summary>The summary of a property as one line of plain text; empty when it has none.</summary>
    public string Of(PropertyInfo property)
    {
        var declaring = property.DeclaringType!;
        var summary = Summary($"P:{declaring.FullName!.Replace('+', '.')}.{property.Name}");
        return summary.Length > 0 ? summary : Parameter(declaring, property.Name);
    }

    /// <summary>The summary of a type.</summary>
    public string Of(Type type) => Summary($"T:{type.FullName!.Replace('+', '.')}");

    private string Summary(string member) =>
        _members.TryGetValue(member, out var element) && element.Element("summary") is { } summary ? Text(summary) : "";

    /// <summary>A positional record documents its properties as parameters of the type.</summary>
    private string Parameter(Type type, string name) =>
        _members.TryGetValue($"T:{type.FullName!.Replace('+', '.')}", out var element)
        && element.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == name) is { } parameter
            ? Text(parameter)
            : "";

    private static string Text(XElement element)
    {
        var text = string.Concat(element.Nodes().Select(n => n switch
        {
            XText t => t.Value,
            XElement { Name.LocalName: "see" } see => Reference(see),
            XElement e => e.Value,
            _ => "",
        }));
        return Blanks().Replace(text, " ").Trim();
    }

    private static string Reference(XElement see)
    {
        var target = see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? "";
        var name = target[(target.LastIndexOf('.') + 1)..];
        return name.Length > 0 ? char.ToLowerInvariant(name[0]) + name[1..] : "";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
