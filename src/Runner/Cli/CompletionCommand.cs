using System.CommandLine;

namespace LoadTesting.Runner.Cli;

/// <summary>
/// <c>loadtest completion SHELL</c>: a script that asks the program itself (the <c>[suggest]</c> directive of System.CommandLine),
/// so that completions never go stale.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _loadtest() {
          local IFS=$'\n'
          COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
          [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=( $(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o filenames -F _loadtest loadtest
        """;

    private const string Zsh =
        """
        #compdef loadtest
        _loadtest() {
          local line="${words[*]}"
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
          compadd -- ${found:#}
          _files
        }
        compdef _loadtest loadtest
        """;

    private const string Fish =
        """
        function __loadtest_complete
          set -l line (commandline -cp)
          loadtest "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c loadtest -a '(__loadtest_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { HelpName = "shell", Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Verb(
            "completion",
            "Prints a completion script for a shell.",
            "source <(loadtest completion bash)",
            "loadtest completion fish > ~/.config/fish/completions/loadtest.fish")
        {
            shell,
        };
        command.SetAction(result => result.InvocationConfiguration.Output.WriteLine(result.GetValue(shell) switch
        {
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Bash,
        }));
        return command;
    }
}
