namespace LoadTesting.Model.Validation;

/// <summary>
/// Identifiers of the rules that hold for any field (<see cref="Problem.Rule"/>). Rules of one matter are named where they are checked.
/// </summary>
public static class ProblemRules
{
    /// <summary>The text is not YAML or JSON, not UTF-8, or uses what manifests cannot.</summary>
    public const string Syntax = "syntax";

    /// <summary>A document that is not one <c>LoadTest</c>.</summary>
    public const string Document = "document";

    /// <summary>The same key twice in one mapping.</summary>
    public const string DuplicateKey = "duplicate-key";

    /// <summary>A field that does not exist.</summary>
    public const string UnknownField = "unknown-field";

    /// <summary>A field that exists in the API, but not in this version of the program.</summary>
    public const string Unsupported = "unsupported-field";

    /// <summary>A value of the wrong kind, e.g. a string where an integer belongs.</summary>
    public const string Type = "type";

    /// <summary>A mandatory field is missing.</summary>
    public const string Required = "required";

    /// <summary>A number or duration outside of its range.</summary>
    public const string Range = "range";

    /// <summary>A text that is not a duration.</summary>
    public const string Duration = "duration";

    /// <summary>A name that breaks its naming rule.</summary>
    public const string Name = "name";

    /// <summary>A value that is none of the allowed ones.</summary>
    public const string Choice = "choice";

    /// <summary>A scenario's executor is missing or unknown.</summary>
    public const string Executor = "executor";

    /// <summary>Whether a rule is about form (k6: the configuration cannot be parsed) rather than about what it says.</summary>
    public static bool IsAboutForm(string rule) => rule is Syntax or Document or DuplicateKey or UnknownField or Unsupported or Type or Duration or Choice or Executor;
}
