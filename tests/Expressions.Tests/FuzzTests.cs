using System.Text;
using FsCheck.Fluent;
using LoadTesting.Expressions.Syntax;
using Check = FsCheck.Check;
using Prop = FsCheck.Fluent.Prop;

namespace LoadTesting.Expressions.Tests;

/// <summary>Whatever the text, the tree or the values: nothing throws, nothing runs for ever.</summary>
public class FuzzTests
{
    private static readonly CelEnvironment Environment = Cel.Environment.WithLimits(new() { Steps = 20_000, Size = 100_000 })
        .WithVariable("x", CelType.Dyn).WithVariable("y", CelType.Int).WithVariable("list", CelType.AnyList).WithVariable("map", CelType.AnyMap).WithVariable("text", CelType.String);

    [Fact]
    public void No_text_makes_the_compiler_throw()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text => Compiles(text ?? "")));
        for (var seed = 0; seed < 20_000; seed++)
        {
            var text = new RandomExpressions(seed).Text();
            Assert.True(Compiles(text), text);
            Assert.True(CelTemplate.Compile(text, Environment) is { } template && (template.Template is null) == (template.Issues.Length > 0), text);
        }
    }

    [Fact]
    public void A_printed_tree_reads_back_as_the_same_tree()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var tree = new RandomExpressions(seed).Next(1 + (seed % 6));
            var text = Printer.Print(tree);

            Assert.Equal(Structure(tree), Structure(Parser.Parse(text, CelLimits.Default)));
        }
    }

    [Fact]
    public void Every_tree_evaluates_to_a_value_and_the_same_one_twice()
    {
        var (values, errors) = (0, 0);
        for (var seed = 0; seed < 10_000; seed++)
        {
            var text = Printer.Print(new RandomExpressions(seed).Next(1 + (seed % 6)));
            var program = CelCompiler.CompileUnchecked(text, Environment).Program;
            Assert.True(program is not null, text);

            var first = program.Evaluate(Activation());
            Assert.True(first.Equals(program.Evaluate(Activation())), text);
            _ = first.IsError ? errors++ : values++;
        }

        // Both must occur, or the trees are too wild or too tame to test anything.
        Assert.True(values > 1000 && errors > 1000, $"{values} values, {errors} errors");
    }

    [Fact]
    public void A_checked_program_has_a_result_of_the_type_the_checker_says()
    {
        var checkedPrograms = 0;
        for (var seed = 0; seed < 20_000; seed++)
        {
            var text = Printer.Print(new RandomExpressions(seed).Next(1 + (seed % 4)));
            if (CelCompiler.Compile(text, Environment).Program is not { } program)
            {
                continue;
            }

            checkedPrograms++;
            var value = program.Evaluate(Activation());
            Assert.True(value.IsError || program.ResultType.Kind is null || program.ResultType.Kind == value.Kind, $"{text} is {value.Kind}, the checker says {program.ResultType}");
        }

        Assert.True(checkedPrograms > 1000, $"only {checkedPrograms} of the trees passed the check");
    }

    [Fact]
    public void A_value_printed_as_a_literal_reads_back()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text => ReadsBack(CelValue.Of(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""))))));
        Check.QuickThrowOnFailure(Prop.ForAll<double>(number => ReadsBack(CelValue.Of(number))));
        Check.QuickThrowOnFailure(Prop.ForAll<long>(number => ReadsBack(CelValue.Of(number))));
        Check.QuickThrowOnFailure(Prop.ForAll<ulong>(number => ReadsBack(CelValue.Of(number))));
        Check.QuickThrowOnFailure(Prop.ForAll<byte[]>(octets => ReadsBack(CelValue.Of(octets ?? []))));
        Check.QuickThrowOnFailure(Prop.ForAll<int, int>((seconds, nanoseconds) => ReadsBack(CelValue.Timestamp(seconds, Math.Abs(nanoseconds % 1_000_000_000)))));
        Check.QuickThrowOnFailure(Prop.ForAll<long>(nanoseconds => ReadsBack(CelValue.Duration(nanoseconds))));
    }

    [Fact]
    public void Numbers_become_text_and_the_same_numbers_again()
    {
        Check.QuickThrowOnFailure(Prop.ForAll<long>(number => Cel.Run("int(string(x)) == x", ("x", CelValue.Of(number))).IsTrue));
        Check.QuickThrowOnFailure(Prop.ForAll<double>(number => double.IsNaN(number) || Cel.Run("double(string(x)) == x", ("x", CelValue.Of(number))).IsTrue));
        foreach (var exponent in Enumerable.Range(-330, 640))
        {
            var number = CelValue.Of(1.2345678901234567 * Math.Pow(10, exponent));
            Assert.True(Cel.Run("double(string(x)) == x && double(string(-x)) == -x", ("x", number)).IsTrue, $"1.23e{exponent}");
        }
    }

    private static bool ReadsBack(CelValue value) => Cel.Run(value.ToString()).Equals(value);

    private static bool Compiles(string text)
    {
        var compilation = CelCompiler.Compile(text, Environment);
        var areInside = compilation.Issues.All(i => i.Offset >= 0 && i.Length >= 0 && i.Offset + i.Length <= text.Length && i.Line > 0 && i.Column > 0 && i.Caret(text).EndsWith('^'));
        return areInside && (compilation.Program is null) == (compilation.Issues.Length > 0);
    }

    private static CelActivation Activation()
    {
        var activation = new CelActivation(Environment, new SeededHost(7));
        activation.Set("x", Cel.Json("""{"a": [1, 2.5, "s"], "b": {"a": null}}"""));
        activation.Set("y", CelValue.Of(3L));
        activation.Set("list", CelValue.Of(CelList.Of(CelValue.Of(1L), CelValue.Of("a"))));
        activation.Set("map", Cel.Json("""{"a": 1, "with-dash": true}"""));
        activation.Set("text", CelValue.Of("lorem ipsum"));
        return activation;
    }

    /// <summary>A tree without positions, unambiguous because everything is in parentheses.</summary>
    private static string Structure(Expr node) => node switch
    {
        LiteralExpr literal => $"{literal.Value.Kind}:{literal.Value}",
        NameExpr name => $"{(name.IsRooted ? "." : "")}{name.Name}",
        SelectExpr select => $"({(select.IsTest ? "has" : "get")} {Structure(select.Operand)} {select.Field})",
        IndexExpr index => $"(index {Structure(index.Operand)} {Structure(index.Index)})",
        CallExpr call => $"(call {(call.Target is null ? "-" : Structure(call.Target))} {call.Name} {All(call.Arguments)})",
        UnaryExpr unary => $"({unary.Operation} {Structure(unary.Operand)})",
        BinaryExpr binary => $"({binary.Operation} {Structure(binary.Left)} {Structure(binary.Right)})",
        LogicalExpr logical => $"({logical.Operation} {All(logical.Operands)})",
        ConditionalExpr choice => $"(? {Structure(choice.Condition)} {Structure(choice.WhenTrue)} {Structure(choice.WhenFalse)})",
        ListExpr list => $"(list {All(list.Elements)})",
        MapExpr map => $"(map {All(map.Entries.SelectMany(e => new[] { e.Key, e.Value }))})",
        MacroExpr macro => $"({macro.Name} {Structure(macro.Range)} {All(macro.Variables)} {All(macro.Bodies)})",
        BindExpr bind => $"(bind {bind.Variable.Name} {Structure(bind.Value)} {Structure(bind.Body)})",
        _ => throw new InvalidOperationException(node.GetType().Name),
    };

    private static string All(IEnumerable<Expr> nodes) => string.Join(' ', nodes.Select(Structure));
}
