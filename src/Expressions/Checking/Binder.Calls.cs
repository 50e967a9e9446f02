using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Syntax;

namespace LoadTesting.Expressions.Checking;

/// <summary>Function calls.</summary>
internal sealed partial class Binder
{
    private Bound BindCall(CallExpr call)
    {
        if (call.Target is null)
        {
            return Call(call, call.Name, null, Find(call.Name, isRooted: false, isMember: false));
        }

        if (QualifiedName(call.Target) is var (space, isRooted) && Find($"{space}.{call.Name}", isRooted, isMember: false) is { Length: > 0 } qualified)
        {
            return Call(call, $"{space}.{call.Name}", null, qualified);
        }

        return Call(call, call.Name, call.Target, Find(call.Name, isRooted: true, isMember: true));
    }

    private CelFunction[] Find(string name, bool isRooted, bool isMember)
    {
        foreach (var candidate in Candidates(name, isRooted))
        {
            if (environment.Functions.TryGetValue(candidate, out var overloads) && overloads.Any(o => o.IsMember == isMember))
            {
                return [.. overloads.Where(o => o.IsMember == isMember)];
            }
        }

        return [];
    }

    private Bound Call(CallExpr call, string name, Expr? target, CelFunction[] overloads)
    {
        Expr[] nodes = target is null ? [.. call.Arguments] : [target, .. call.Arguments];
        if (overloads.Length == 0)
        {
            var failure = UnknownFunction(call, name, target);
            if (target is null || QualifiedName(target) is null)
            {
                // Their issues are worth knowing too; a dotted target may be a misspelt name space and says nothing by itself.
                _ = nodes.Select(Bind).ToArray();
            }

            return failure;
        }

        var guards = overloads.Any(o => o.SeesErrors) ? 1 : 0;
        _guards += guards;
        var arguments = nodes.Select(Bind).ToArray();
        _guards -= guards;
        var (fitting, result) = Fitting(overloads, arguments);
        if (check && fitting.Length == 0)
        {
            Fail(call, CelErrorCode.NoSuchOverload, Mismatch(name, overloads, arguments));
        }

        var usable = check && fitting.Length > 0 ? fitting : overloads;
        for (var i = 0; i < usable.Length; i++)
        {
            var specialization = usable[i].Specialize?.Invoke([.. arguments.Select(a => a.Evaluator is Constant constant ? constant.Value : (CelValue?)null)]);
            if (specialization?.Issue is { } issue)
            {
                return Fail(nodes[^1], CelErrorCode.InvalidArgument, issue);
            }

            usable[i] = specialization is null ? usable[i] : usable[i] with { Body = specialization.Body! };
        }

        var evaluator = new FunctionCall(name, usable, [.. arguments.Select(a => a.Evaluator)]);
        return Fold(evaluator, result, usable.All(o => o.IsPure) && arguments.All(a => a.IsConstant));
    }

    private static (CelFunction[] Overloads, CelType Result) Fitting(CelFunction[] overloads, Bound[] arguments)
    {
        var fitting = new List<CelFunction>();
        CelType? result = null;
        foreach (var overload in overloads)
        {
            var meanings = new Dictionary<string, CelType>(StringComparer.Ordinal);
            if (Fits(overload, arguments, meanings))
            {
                fitting.Add(overload);
                var type = Typing.Substitute(overload.Result, meanings);
                result = result is null ? type : Typing.Join(result, type);
            }
        }

        return ([.. fitting], result ?? CelType.Dyn);
    }

    private static bool Fits(CelFunction overload, Bound[] arguments, Dictionary<string, CelType> meanings)
    {
        var count = overload.Parameters.Count;
        if (arguments.Length != count && !(overload.IsVariadic && arguments.Length > count))
        {
            return false;
        }

        return !arguments.Where((argument, i) => !Typing.Unify(overload.Parameters[Math.Min(i, count - 1)], argument.Type, meanings)).Any();
    }

    private Bound UnknownFunction(CallExpr call, string name, Expr? target)
    {
        var isMember = target is not null;
        var names = environment.Functions.Where(f => f.Value.Any(o => o.IsMember == isMember)).Select(f => f.Key).Concat(isMember ? Macros.Names : ["has"]);
        var suggestion = Suggestions.Nearest(name, names);
        var counterpart = environment.Functions.ContainsKey(name) || (!isMember && Macros.Names.Contains(name));
        if (suggestion is null && counterpart)
        {
            suggestion = isMember ? $"{name}(…)" : $"x.{name}(…)";
        }

        if (isMember && suggestion is null && QualifiedName(target!) is var (space, _))
        {
            suggestion = Suggestions.Nearest($"{space}.{name}", environment.Functions.Keys.Where(k => k.Contains('.', StringComparison.Ordinal)));
        }

        return Fail(call.NameOffset, call.Name.Length, CelErrorCode.UnknownFunction, isMember ? $"there is no function '.{name}()'" : $"there is no function '{name}()'", suggestion);
    }

    private static string Mismatch(string name, CelFunction[] overloads, Bound[] arguments)
    {
        var given = string.Join(", ", arguments.Skip(Skip()).Select(a => a.Type.ToString()));
        var known = overloads.Select(o => $"({string.Join(", ", o.Parameters.Skip(Skip()))}{(o.IsVariadic ? "…" : "")})").Distinct(StringComparer.Ordinal);
        var target = overloads[0].IsMember ? $"{arguments[0].Type}." : "";
        var takers = overloads[0].IsMember ? $" of {string.Join(" or ", overloads.Select(o => o.Parameters[0].ToString()).Distinct(StringComparer.Ordinal))}" : "";
        return $"{target}{name}({given}) does not exist; {name}{takers} takes {string.Join(" or ", known)}";

        int Skip() => overloads[0].IsMember ? 1 : 0;
    }
}
