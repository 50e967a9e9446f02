using System.CommandLine;
using System.Globalization;

namespace LoadTesting.Runner.Cli;

/// <summary>Options that want a whole number: what is none, or lies outside, is a sentence with the option's name, the range and what was given.</summary>
internal static class NumberOption
{
    /// <summary>Highest TCP port.</summary>
    public const int HighestPort = 65_535;

    /// <summary>An option with a value of its own when it is not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="aliases">Other names.</param>
    /// <param name="min">Lowest value.</param>
    /// <param name="max">Highest value.</param>
    /// <param name="usual">Value when it is not given.</param>
    public static Option<int> Create(string name, string[] aliases, int min, int max, int usual) => new(name, aliases)
    {
        DefaultValueFactory = _ => usual,
        CustomParser = result => Read(result, name, min, max) ?? usual,
    };

    /// <summary>An option without a value when it is not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="aliases">Other names.</param>
    /// <param name="min">Lowest value.</param>
    /// <param name="max">Highest value.</param>
    public static Option<int?> CreateOptional(string name, string[] aliases, int min, int max) => new(name, aliases) { CustomParser = result => Read(result, name, min, max) };

    private static int? Read(System.CommandLine.Parsing.ArgumentResult result, string name, int min, int max)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        var range = max == int.MaxValue ? $"of at least {min}" : $"from {min} to {max}";
        result.AddError($"{name} wants a whole number {range}, got \"{text}\"");
        return null;
    }
}
