using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Validation;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Judging;

public sealed class MetricSelectorTests
{
    [SkippableFact]
    public void Threshold_keys_are_read_as_k6_reads_them()
    {
        foreach (var test in Conformance.Cases("metric-names.json").Where(c => c.GetProperty("kind").GetString() == "threshold-metric-name"))
        {
            var (selector, problems) = Parse(test.GetProperty("input").GetString()!);
            var name = test.GetProperty("name").GetString();
            if (test.GetProperty("error").GetBoolean())
            {
                Assert.True(selector is null && problems.Count == 1, $"{name}: should be refused");
                continue;
            }

            Assert.True(selector is not null, $"{name}: {problems.FirstOrDefault()?.Message}");
            Assert.Equal(test.GetProperty("metric").GetString(), selector.Metric);
            var wanted = test.GetProperty("tags") is { ValueKind: JsonValueKind.Array } tags ? tags.EnumerateArray().Select(t => t.GetString()!).ToArray() : [];
            Assert.Equal(wanted, selector.Tags.Select(t => $"{t.Key}:{t.Value}"));
        }
    }

    [SkippableFact]
    public void Tag_filters_are_split_as_k6_splits_them()
    {
        foreach (var test in Conformance.Cases("metric-names.json").Where(c => c.GetProperty("kind").GetString() == "submetric-filter"))
        {
            var tags = MetricSelector.ParseFilter(test.GetProperty("filter").GetString()!);
            var wanted = test.GetProperty("error").GetBoolean()
                ? []
                : test.GetProperty("tags").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!)).ToArray();
            Assert.Equal(wanted, tags);
        }
    }

    [Theory]
    [InlineData("latency", "latency", "")]
    [InlineData(" latency ", "latency", "")]
    [InlineData("latency{name:cart}", "latency", "name=cart")]
    [InlineData("latency{ name : cart , status : 200 }", "latency", "name=cart;status=200")]
    [InlineData("latency{name:'a b'}", "latency", "name=a b")]
    [InlineData("latency{url:http://{host}:80/x}", "latency", "url=http://{host}:80/x")]
    [InlineData("latency{group:::login}", "latency", "group=::login")]
    [InlineData("latency{group:\"\"}", "latency", "group=")]
    public void A_key_names_a_metric_and_the_tags_wanted(string text, string metric, string tags)
    {
        var (selector, problems) = Parse(text);
        Assert.Empty(problems);
        Assert.Equal(metric, selector!.Metric);
        Assert.Equal(tags, string.Join(';', selector.Tags.Select(t => $"{t.Key}={t.Value}")));
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("{name:cart}", "missing")]
    [InlineData("latency{}", "empty")]
    [InlineData("latency{ }", "empty")]
    [InlineData("latency{name}", "no value")]
    [InlineData("latency{name:}", "no value")]
    [InlineData("latency{name:a,status:}", "no value")]
    [InlineData("latency{name:a", "closing '}'")]
    [InlineData("latency{name:a}x", "nothing may follow")]
    [InlineData("latency}", "without a '{'")]
    [InlineData("latency{name:a,name:b}", "stands twice")]
    public void A_key_that_names_nothing_is_one_problem_that_says_why(string text, string why)
    {
        var (selector, problems) = Parse(text);
        Assert.Null(selector);
        var problem = Assert.Single(problems);
        Assert.Equal("metric-selector", problem.Rule);
        Assert.Equal("spec.thresholds", problem.Path);
        Assert.Equal(text, problem.Value);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_a_selector_reads_as_the_same_selector()
    {
        var part = Gen.Elements("a", "bc", "x.y", "http://h/{id}", "::g", "1").ArrayOf();
        var tags = part.Select(values => values.Select((v, i) => KeyValuePair.Create($"t{i}", v)).ToArray());
        Prop.ForAll(tags.ToArbitrary(), pairs =>
        {
            var text = pairs.Length == 0 ? "metric" : $"metric{{{string.Join(", ", pairs.Select(p => $"{p.Key}: {p.Value}"))}}}";
            var once = Parse(text).Selector!;
            var twice = Parse(once.Key).Selector!;
            return once.Equals(twice) && once.GetHashCode() == twice.GetHashCode() && once.Tags.SequenceEqual(pairs);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_order_of_the_tags_does_not_matter()
    {
        var (ab, ba, a) = (Parse("m{a:1,b:2}").Selector!, Parse("m{b:2,a:1}").Selector!, Parse("m{a:1}").Selector!);
        Assert.Equal(ab, ba);
        Assert.Equal(ab.GetHashCode(), ba.GetHashCode());
        Assert.NotEqual(ab, a);
        Assert.NotEqual(a, Parse("m{a:2}").Selector);
        Assert.NotEqual(a, Parse("n{a:1}").Selector);
    }

    private static (MetricSelector? Selector, List<Problem> Problems) Parse(string text)
    {
        var problems = new List<Problem>();
        return (MetricSelector.Parse(text, "spec.thresholds", problems), problems);
    }
}
