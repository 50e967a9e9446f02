using LoadTesting.Expressions;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Compilation;

namespace LoadTesting.Runner.Engine;

/// <summary>Runs the jobs of one stage: makes what they are started with, has them run, and does with their results what the steps say.</summary>
internal sealed class JobRunner(IJobHost host, VuActivation activation, SecretMask secrets, IStepEvents events, StageTime time)
{
    private int _count;

    /// <summary>Why a job came to no result, one of <see cref="Model.Judging.Reasons"/>; null as long as all did.</summary>
    public string? Reason { get; private set; }

    /// <summary>One job, with its checks and extracts.</summary>
    /// <param name="step">The step.</param>
    /// <param name="check">Takes the checks, as those of a request.</param>
    /// <param name="interrupt">Gives up.</param>
    public async ValueTask<StepsEnd> RunAsync(CompiledJob step, Action<CompiledJob> check, CancellationToken interrupt)
    {
        if (Order(step) is not { } order) return StepsEnd.Failed;
        JobResult result;
        try
        {
            using (time.Pause()) result = await host.RunAsync(order, step.Spec.Timeout.ToTimeSpan(), interrupt);
        }
        catch (OperationCanceledException)
        {
            return StepsEnd.Interrupted;
        }

        if (result.Reason is { } reason)
        {
            Reason ??= reason;
            events.Failed(step, $"job {step.Label}: {result.Message ?? reason}");
            return StepsEnd.Failed;
        }

        if (!(step.Spec.ExitCodes.Count == 0 ? result.ExitCode == 0 : step.Spec.ExitCodes.Contains(result.ExitCode)))
        {
            // As after an answer with an unexpected status: it counts, and what reads the result has its turn.
            events.Failed(step, $"job {step.Label}: exit code {result.ExitCode}{(Hint(result) is { } hint ? $": {hint}" : "")}");
        }

        activation.BeginJob(result.ExitCode, result.Output.Trim());
        try
        {
            check(step);
            return Extract(step);
        }
        finally
        {
            activation.EndJob();
        }
    }

    private StepsEnd Extract(CompiledJob step)
    {
        foreach (var (name, program) in step.Extract)
        {
            var value = program.Evaluate(activation);
            if (value.IsError)
            {
                events.ExpressionFailed(step, $"extract {name}", value.AsError.Message);
                return StepsEnd.Failed;
            }

            activation.SetVariable(name, value);
        }

        return StepsEnd.Completed;
    }

    private JobOrder? Order(CompiledJob step)
    {
        var (command, args) = (new List<string>(), new List<string>());
        var env = new List<KeyValuePair<string, string>>();
        foreach (var (list, templates, what) in new[] { (command, step.Command, "command"), (args, step.Args, "args") })
        {
            foreach (var template in templates)
            {
                if (Text(step, template, what) is not { } text) return null;
                list.Add(text);
            }
        }

        foreach (var (name, template) in step.Env)
        {
            if (Text(step, template, $"env {name}") is not { } text) return null;
            env.Add(new(name, text));
        }

        return new JobOrder(_count++, step.Path + ".job", step.Label, command, args, new OrderedMap<string>(env));
    }

    /// <summary>A text that may stand in a Pod's spec, where everybody who may look at Pods reads it.</summary>
    private string? Text(CompiledJob step, CelTemplate template, string what)
    {
        var text = template.Render(activation);
        if (text.IsError)
        {
            events.ExpressionFailed(step, what, text.AsError.Message);
            return null;
        }

        if (secrets.Mask(text.AsString) == text.AsString) return text.AsString;
        events.ExpressionFailed(step, what, "it has the value of a Secret in it, which would stand in the Pod's spec: the program has all variables of spec.env, let it read its environment");
        return null;
    }

    private static string? Hint(JobResult result) => result.Message ?? result.Output.Trim().Split('\n')[^1].Trim() switch { "" => null, var last => last.Length <= 200 ? last : last[..200] };
}
