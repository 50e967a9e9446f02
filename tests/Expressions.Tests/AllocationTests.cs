using System.Buffers;

namespace LoadTesting.Expressions.Tests;

/// <summary>The request path's expressions allocate nothing once warm.</summary>
public class AllocationTests
{
    private static readonly CelEnvironment Environment = Cel.Environment
        .WithVariable("status", CelType.Int).WithVariable("vu", CelType.Int).WithVariable("json", CelType.Dyn).WithVariable("body", CelType.String)
        .WithVariable("timings", CelType.Map(CelType.String, CelType.Double)).WithVariable("vars", CelType.Map(CelType.String, CelType.Dyn));

    [Theory]
    [InlineData("status in [200, 302, 409]")]
    [InlineData("status == 200 && vu > 3")]
    [InlineData("json.count == 100")]
    [InlineData("json.nested.deep.value * 2.0 >= 3.0")]
    [InlineData("json.ok && has(json.count)")]
    [InlineData("body.contains('needle') || body.startsWith('hay')")]
    [InlineData("timings.waiting + 1.5 < 100.0")]
    [InlineData("status >= 200 && status < 300 ? 1 : 0")]
    [InlineData("vars.productId == 'iphone-15'")]
    [InlineData("vars.list.exists(x, x == 3)")]
    [InlineData("default(vars.missing, 5) > 0")]
    [InlineData("size(body) > 3")]
    [InlineData("randomInt(1, 6) <= 6")]
    [InlineData("now() > timestamp('2020-01-01T00:00:00Z')")]
    [InlineData("vars.productId in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'iphone-15']")]
    public void A_scalar_result_costs_no_allocation(string source)
    {
        var program = CelCompiler.Compile(source, Environment).Program!;
        var activation = Activation();
        var allocated = Allocated(() => Assert.True(!program.Evaluate(activation).IsError));

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_template_writes_text_and_numbers_without_an_allocation()
    {
        var template = CelTemplate.Compile("/items/${vars.productId}/${status}?vu=${vu}", Environment).Template!;
        var (activation, output) = (Activation(), new ArrayBufferWriter<byte>(1024));
        var allocated = Allocated(() =>
        {
            output.ResetWrittenCount();
            Assert.Null(template.Render(activation, output));
        });

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void An_id_in_json_costs_no_allocation()
    {
        var template = CelTemplate.Compile("${uuid()}", Environment).Template!;
        var (activation, output) = (Activation(), new ArrayBufferWriter<byte>(1024));
        var allocated = Allocated(() =>
        {
            output.ResetWrittenCount();
            Assert.Null(template.WriteJson(activation, output));
        });

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Json_of_texts_and_numbers_is_written_without_an_allocation()
    {
        var (text, number, output) = (CelValue.Of("plain ä text"), CelValue.Of(42L), new ArrayBufferWriter<byte>(1024));
        var allocated = Allocated(() =>
        {
            output.ResetWrittenCount();
            CelJson.Write(output, text);
            CelJson.Write(output, number);
        });

        Assert.Equal(0, allocated);
    }

    /// <summary>Bytes of one run, the least of many: the first ones warm up, and the runtime may allocate now and then for itself.</summary>
    private static long Allocated(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 200; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static CelActivation Activation()
    {
        var activation = new CelActivation(Environment, new SeededHost(1));
        activation.Set("status", CelValue.Of(200L));
        activation.Set("vu", CelValue.Of(7L));
        activation.Set("json", Cel.Run("{'count': 100, 'ok': true, 'nested': {'deep': {'value': 1.5}}}"));
        activation.Set("body", CelValue.Of("hay needle hay"));
        activation.Set("timings", Cel.Run("{'waiting': 12.5}"));
        activation.Set("vars", Cel.Run("{'productId': 'iphone-15', 'list': [1, 2, 3]}"));
        return activation;
    }
}
