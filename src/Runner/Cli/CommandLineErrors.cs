using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli;

/// <summary>What is wrong with a command line, in a line each: 45 lines of help would bury it.</summary>
internal static class CommandLineErrors
{
    /// <summary>The lines; empty when nothing is wrong, or when help or the version was asked for.</summary>
    public static IReadOnlyList<string> Of(ParseResult result)
    {
        if (result.Action is not (null or ParseErrorAction) && result.Action != result.CommandResult.Command.Action)
        {
            return [];
        }

        var command = Name(result.CommandResult);
        var misspelt = Misspelt(result);
        // A word that is no option was taken for an argument: what follows from that is not worth saying.
        var errors = misspelt.Count > 0 ? misspelt : [.. result.Errors.Select(e => e.Message.TrimEnd('.')).Distinct(StringComparer.Ordinal)];
        return errors.Count == 0 ? [] : [.. errors.Select(e => $"{command}: {e}"), $"See {command} --help"];
    }

    /// <summary>Arguments that were meant to be options. Behind <c>--</c> everything is an argument.</summary>
    private static IReadOnlyList<string> Misspelt(ParseResult result)
    {
        if (result.Tokens.Any(t => t.Type == TokenType.DoubleDash))
        {
            return [];
        }

        var names = Options(result.CommandResult).SelectMany(o => o.Aliases.Append(o.Name)).Distinct(StringComparer.Ordinal).ToArray();
        var arguments = result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Concat(result.UnmatchedTokens);
        return
        [
            .. arguments.Where(a => a.Length > 1 && a[0] == '-').Distinct(StringComparer.Ordinal).Select(a =>
            {
                var name = a.Split('=')[0];
                var near = Nearest.To(name.TrimStart('-'), names.Select(n => n.TrimStart('-')));
                var meant = near is null ? null : names.FirstOrDefault(n => n == "--" + near) ?? names.First(n => n.TrimStart('-') == near);
                return $"there is no option {name}{(meant is null ? "" : $"; did you mean {meant}?")}";
            }),
        ];
    }

    private static IEnumerable<Option> Options(CommandResult? command)
    {
        for (; command is not null; command = command.Parent as CommandResult)
        {
            foreach (var option in command.Command.Options)
            {
                yield return option;
            }
        }
    }

    private static string Name(CommandResult command) => command.Parent is CommandResult parent ? $"{Name(parent)} {command.Command.Name}" : "loadtest";
}
