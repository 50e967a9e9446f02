using System.Collections;
using System.Reflection;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Spec;

/// <summary>Prints an object with everything in it, but for source positions: equal texts are equal structures. Sees fields that a writer forgot.</summary>
internal static class Structure
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        SourcePosition => "",
        SpecScalar scalar => $"{scalar.Kind}:{scalar.Text}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        _ when value.GetType().IsPrimitive || value.GetType().IsEnum => value.ToString()!,
        _ => $"{value.GetType().Name}{{{string.Join(", ", value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && p.PropertyType != typeof(SourcePosition) && p.Name != "EqualityContract")
            .Select(p => $"{p.Name}={Of(p.GetValue(value))}"))}}}",
    };
}
