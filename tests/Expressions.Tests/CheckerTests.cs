namespace LoadTesting.Expressions.Tests;

/// <summary>What is wrong with an expression is found before it runs, with its place and what was probably meant.</summary>
public class CheckerTests
{
    private static readonly CelEnvironment Response = Cel.Environment
        .WithVariable("status", CelType.Int)
        .WithVariable("body", CelType.String)
        .WithVariable("json", CelType.Dyn)
        .WithVariable("vu", CelType.Int)
        .WithVariable("headers", CelType.Map(CelType.String, CelType.String))
        .WithVariable("timings", CelType.Record(new Dictionary<string, CelType> { ["waiting"] = CelType.Double, ["receiving"] = CelType.Double }))
        .WithVariable("vars", CelType.Record(new Dictionary<string, CelType> { ["productId"] = CelType.String, ["limit"] = CelType.Int }));

    [Theory]
    [InlineData("statsu == 200", 0, 6, "there is no variable 'statsu'", "status")]
    [InlineData("status == 200 && Body == ''", 17, 4, "there is no variable 'Body'", "body")]
    [InlineData("uid()", 0, 3, "there is no function 'uid()'", "uuid")]
    [InlineData("body.contain('x')", 5, 7, "there is no function '.contain()'", "contains")]
    [InlineData("contains(body, 'x')", 0, 8, "there is no function 'contains()'", "x.contains(…)")]
    [InlineData("body.sha256()", 5, 6, "there is no function '.sha256()'", "sha256(…)")]
    [InlineData("json.encod(body)", 5, 5, "there is no function '.encod()'", "json.encode")]
    [InlineData("timings.wating > 5.0", 8, 6, "there is no field 'wating'; there are receiving, waiting", "waiting")]
    [InlineData("vars['prodctId']", 5, 10, "there is no field 'prodctId'; there are limit, productId", "productId")]
    [InlineData("status == '200'", 0, 15, "int and string are never equal", "convert with string(…) or int(…)")]
    [InlineData("status in ['200', '201']", 0, 24, "list(string) never contains int", "convert with string(…) or int(…)")]
    [InlineData("'x' in body", 0, 11, "'in' looks into a list or a map, not string", "text.contains(part)")]
    [InlineData("status + 'x'", 0, 12, "'+' has no meaning for int and string", "convert with string(…) or int(…)")]
    [InlineData("vu * 0.5", 0, 8, "'*' has no meaning for int and double", "convert with double(…)")]
    [InlineData("status < body", 0, 13, "'<' cannot compare int with string", "convert with string(…) or int(…)")]
    [InlineData("status && true", 0, 6, "'&&' needs bool, not int", null)]
    [InlineData("!status", 1, 6, "'!' needs bool, not int", null)]
    [InlineData("-body", 0, 5, "'-' needs an int or a double, not string", null)]
    [InlineData("status ? 1 : 2", 0, 6, "'?:' needs bool, not int", null)]
    [InlineData("status.code", 7, 4, "int has no fields, so no 'code'", null)]
    [InlineData("body[0]", 0, 7, "string has no elements to index", "text.charAt(i)")]
    [InlineData("[1, 2]['a']", 7, 3, "a list's index is an int, not string", null)]
    [InlineData("headers[5]", 8, 1, "map(string, string) has no keys of type int", "convert with string(…) or int(…)")]
    [InlineData("status.map(x, x)", 0, 6, "map() goes over a list or a map, not int", null)]
    [InlineData("[1].filter(x, x + 1)", 14, 5, "'filter()' needs bool, not int", null)]
    [InlineData("[1].all(x, y > 0)", 11, 1, "there is no variable 'y'", null)]
    [InlineData("randomInt(1)", 0, 12, "randomInt(int) does not exist; randomInt takes (int, int)", null)]
    [InlineData("body.substring('a')", 0, 19, "string.substring(string) does not exist; substring of string takes (int) or (int, int)", null)]
    [InlineData("{1.5: 'x'}", 1, 3, "a map's key is a bool, int, uint or string, not double", null)]
    [InlineData("body.matches('(')", 13, 3, "'(' is not a regular expression in RE2's syntax", null)]
    [InlineData("'a' + json.x > 5", 0, 16, "'>' cannot compare string with int", "convert with string(…) or int(…)")]
    public void A_mistake_is_named_with_its_place_and_what_was_meant(string source, int offset, int length, string message, string? suggestion)
    {
        var compilation = CelCompiler.Compile(source, Response);

        var issue = Assert.Single(compilation.Issues);
        Assert.Null(compilation.Program);
        Assert.Equal((offset, length, message, suggestion), (issue.Offset, issue.Length, issue.Message, issue.Suggestion));
    }

    [Theory]
    [InlineData("", 0, "the expression is empty")]
    [InlineData("   ", 0, "the expression is empty")]
    [InlineData("1 +", 3, "a value is missing before the end")]
    [InlineData("(1", 2, "')' of the parenthesis is missing before the end")]
    [InlineData("[1, 2", 5, "']' of the list is missing before the end")]
    [InlineData("{'a' 1}", 5, "':' after the map's key is missing before '1'")]
    [InlineData("f(1", 3, "')' of the call is missing before the end")]
    [InlineData("a ? b", 5, "':' of '?' is missing before the end")]
    [InlineData("a b", 2, "'b' cannot stand here")]
    [InlineData("a = b", 2, "'=' is not an operator; equality is '=='")]
    [InlineData("a & b", 2, "'&' is not an operator; and is '&&'")]
    [InlineData("a | b", 2, "'|' is not an operator; or is '||'")]
    [InlineData("a # b", 2, "the character '#' has no meaning here")]
    [InlineData("'abc", 0, "the string literal is not closed: ' is missing")]
    [InlineData("b\"abc\n\"", 0, "the bytes literal is not closed: \" is missing")]
    [InlineData("'\\q'", 1, "'\\q' is not an escape")]
    [InlineData("b'\\u0041'", 2, "'\\u' is not an escape of a bytes literal")]
    [InlineData("'\\x4'", 1, "'\\x' needs 2 hexadecimal digits")]
    [InlineData("'\\ud800'", 1, "the escape is not a Unicode code point")]
    [InlineData("'\\U00110000'", 1, "the escape is not a Unicode code point")]
    [InlineData("9223372036854775808", 0, "the number does not fit a signed 64-bit int")]
    [InlineData("18446744073709551616u", 0, "the number does not fit 64 bits")]
    [InlineData("0x", 0, "'0x' needs hexadecimal digits")]
    [InlineData("1e999", 0, "the number is too large for a double")]
    [InlineData("12abc", 0, "'a' cannot follow a number")]
    [InlineData("if", 0, "'if' is a reserved word and cannot be a name")]
    [InlineData("a.", 2, "a field or function name must follow '.', not the end")]
    [InlineData("a.in", 2, "a field or function name must follow '.', not 'in'")]
    [InlineData("a.`x", 2, "a field name in backticks has letters, digits, '_', '.', '-', '/' and blanks, and ends with a backtick")]
    [InlineData("has(a)", 4, "has() takes a field selection, as in has(json.id)")]
    [InlineData("[1].all(1, true)", 8, "all() takes a variable's name here")]
    [InlineData("[1].all(x, x, true)", 11, "the two variables of all() need different names")]
    [InlineData("Message{a: 1}", 0, "message values are not part of this language; use a map")]
    public void A_syntax_error_says_where_and_what(string source, int offset, string message)
    {
        var issue = Assert.Single(Cel.Issues(source));

        Assert.Equal((offset, message), (issue.Offset, issue.Message));
    }

    [Fact]
    public void All_mistakes_are_found_at_once_in_the_order_of_their_places()
    {
        var issues = CelCompiler.Compile("statsu == 200 && body.contains(5) && nope()", Response).Issues;

        Assert.Equal([0, 17, 37], issues.Select(i => i.Offset));
    }

    [Fact]
    public void The_place_is_given_by_line_and_column_with_a_caret()
    {
        const string Source = "status == 200\n  && statsu > 1";

        var issue = Assert.Single(CelCompiler.Compile(Source, Response).Issues);

        Assert.Equal((2, 6), (issue.Line, issue.Column));
        Assert.Equal("  && statsu > 1\n     ^", issue.Caret(Source));
    }

    [Theory]
    [InlineData("status == 200 && vu > 3", "bool")]
    [InlineData("status > 199.5", "bool")]
    [InlineData("json.count == 100 || json.count == 'many'", "bool")]
    [InlineData("json.a * 2", "dyn")]
    [InlineData("timings.waiting + timings.receiving", "double")]
    [InlineData("has(vars.nothing) ? 1 : 2", "int")]
    [InlineData("[1, 2].map(x, string(x))", "list(string)")]
    [InlineData("headers.filter(k, k.startsWith('x-'))", "list(string)")]
    [InlineData("{'a': 1, 'b': 2}", "map(string, int)")]
    [InlineData("[1, 'a'][0]", "dyn")]
    [InlineData("pick([1, 2]) + 1", "int")]
    [InlineData("default(json.x, 5)", "dyn")]
    [InlineData("true ? 1 : 'a'", "dyn")]
    [InlineData("headers['x'] == null", "bool")]
    [InlineData("now() - duration('5s')", "timestamp")]
    [InlineData("type(status) == int", "bool")]
    [InlineData("cel.bind(x, status, x + 1)", "int")]
    public void What_can_be_right_passes_with_its_type(string source, string type)
    {
        var compilation = CelCompiler.Compile(source, Response);

        Assert.Empty(compilation.Issues);
        Assert.Equal(type, compilation.Program!.ResultType.ToString());
    }

    [Theory]
    [InlineData("status == 200 && json.id > 0", "json,status")]
    [InlineData("[1].map(status, status)", "")]
    [InlineData("vars.productId + body", "body,vars")]
    [InlineData("1 + 1", "")]
    [InlineData("false && json.x", "json")]
    public void A_program_knows_which_variables_it_reads(string source, string references)
    {
        Assert.Equal(references, string.Join(',', CelCompiler.Compile(source, Response).Program!.References));
    }

    [Theory]
    [InlineData("1 + 2 * 3", true)]
    [InlineData("sha256('x') + urlEncode('a b')", true)]
    [InlineData("1 / 0", true)]
    [InlineData("uuid()", false)]
    [InlineData("now()", false)]
    [InlineData("status", false)]
    public void Constants_are_computed_when_compiling_and_chance_is_not(string source, bool isConstant)
    {
        Assert.Equal(isConstant, CelCompiler.Compile(source, Response).Program!.IsConstant);
    }

    [Fact]
    public void Names_are_looked_up_from_the_innermost_name_space_out()
    {
        var environment = CelEnvironment.Standard.WithContainer("shop.cart")
            .WithVariable("shop.cart.size", CelType.Int).WithVariable("shop.total", CelType.Int).WithVariable("total", CelType.Int).WithVariable("shop.total.tax", CelType.Int);
        var values = new[] { ("shop.cart.size", CelValue.Of(1L)), ("shop.total", CelValue.Of(20L)), ("total", CelValue.Of(300L)), ("shop.total.tax", CelValue.Of(4000L)) };

        Assert.Equal(CelValue.Of(4321L), Cel.Run("size + total + .total + total.tax", environment, new SeededHost(1), values));
        Assert.Equal(CelValue.Of(7L), Cel.Run("[7].map(total, total)[0]", environment, new SeededHost(1), values));
    }
}
