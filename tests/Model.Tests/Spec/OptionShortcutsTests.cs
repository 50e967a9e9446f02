using System.Globalization;
using System.Text;
using System.Text.Json;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Rules;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Spec;

public sealed class OptionShortcutsTests
{
    private static readonly LoadOptions FromScenarios = new() { Scenarios = new([new("old", new ConstantVusScenario { Duration = Duration.FromSeconds(5) })]) };

    [Fact]
    public void Nothing_given_is_one_iteration_of_one_vu()
    {
        var scenario = Assert.IsType<PerVuIterationsScenario>(Derive(out var problems));
        Assert.Equal((1, 1), (scenario.Vus, scenario.Iterations));
        Assert.Empty(problems);
    }

    [Fact]
    public void A_duration_loops_vus()
    {
        var scenario = Assert.IsType<ConstantVusScenario>(Derive(out _, new LoadOptions { Vus = 4, Duration = Duration.FromSeconds(9) }));
        Assert.Equal((4, Duration.FromSeconds(9)), (scenario.Vus, scenario.Duration));
    }

    [Fact]
    public void Iterations_are_shared_and_a_duration_limits_them()
    {
        var scenario = Assert.IsType<SharedIterationsScenario>(Derive(out _, new LoadOptions { Vus = 2, Iterations = 11, Duration = Duration.FromSeconds(9) }));
        Assert.Equal((2, 11, Duration.FromSeconds(9)), (scenario.Vus, scenario.Iterations, scenario.MaxDuration));
    }

    [Fact]
    public void Vus_alone_replace_the_scenarios_below_with_a_warning()
    {
        var scenario = Assert.IsType<SharedIterationsScenario>(Derive(out var problems, FromScenarios, new LoadOptions { Vus = 6 }));
        Assert.Equal((6, 6), (scenario.Vus, scenario.Iterations));
        Assert.True(Assert.Single(problems).IsWarning);
    }

    [Fact]
    public void A_higher_layer_that_shapes_the_load_wipes_the_shape_below_but_not_the_vus()
    {
        var scenario = Assert.IsType<RampingVusScenario>(Derive(out var problems,
            new LoadOptions { Vus = 3, Iterations = 50 }, new LoadOptions { Stages = [new Stage(Duration.FromSeconds(1), 9)] }));
        Assert.Equal(3, scenario.StartVUs);
        Assert.Empty(problems);
    }

    [Fact]
    public void Stages_and_a_duration_in_one_layer_contradict_each_other()
    {
        var problems = new List<Problem>();
        Assert.Empty(OptionShortcuts.Derive(new LoadOptions { Stages = [new Stage(Duration.FromSeconds(1), 9)], Duration = Duration.FromSeconds(4) }, problems));
        Assert.Equal("load-options", Assert.Single(problems).Rule);
    }

    [Theory]
    [InlineData("10s:4,1m:0", 2)]
    [InlineData("", 0)]
    public void Stages_have_a_short_form(string text, int count)
    {
        Assert.True(LoadOptions.TryParseStages(text, out var stages));
        Assert.Equal(count, stages.Count);
    }

    [Theory]
    [InlineData("10:4")]
    [InlineData("10s")]
    [InlineData("10s:x")]
    [InlineData("10s:4,")]
    public void Stages_without_unit_or_target_are_refused(string text) => Assert.False(LoadOptions.TryParseStages(text, out _));

    [SkippableFact]
    public void Agrees_with_every_k6_case()
    {
        var compared = 0;
        foreach (var test in Conformance.Cases("option-shortcuts.json"))
        {
            var name = test.GetProperty("name").GetString()!;
            compared++;
            var outcome = new K6Case(test.GetProperty("layers")).Run();
            if (test.TryGetProperty("error", out var error))
            {
                Assert.True(outcome.Failed, $"{name}: {error} expected, got {outcome.Scenarios?.FirstOrDefault()}");
                continue;
            }

            Assert.False(outcome.Failed, $"{name}: {string.Join("; ", outcome.Problems)}");
            Assert.Equal(test.TryGetProperty("warning", out _), outcome.Problems.Any(p => p.IsWarning));
            if (test.TryGetProperty("expect", out var expected))
            {
                Compare(name, expected, outcome.Scenarios![test.TryGetProperty("scenario", out var key) ? key.GetString()! : OptionShortcuts.ScenarioName]);
            }

            if (test.TryGetProperty("expectOption", out var option) && option.TryGetProperty("dns", out var dns))
            {
                Assert.True(Duration.TryParse(dns.GetProperty("ttl").GetString()!, out var ttl));
                Assert.True(NetworkReader.TryParseDns($"select={dns.GetProperty("select")},policy={dns.GetProperty("policy")}", new DnsSpec { Ttl = ttl }, out var wanted));
                Assert.Equal(wanted, outcome.Dns);
            }

            if (test.TryGetProperty("expectOption", out var options) && options.TryGetProperty("tags", out var tags) && !test.GetProperty("layers").TryGetProperty("features", out _))
            {
                Assert.Equal(tags.EnumerateObject().Select(t => (t.Name, t.Value.GetString())), outcome.Tags!.Select(t => (t.Key, (string?)t.Value)));
            }
        }

        Assert.Equal(57, compared);
    }

    private static void Compare(string name, JsonElement expected, ScenarioSpec actual)
    {
        var node = JsonDocument.Parse(SpecJson.ToUtf8(ManifestNodes.Of(new LoadTestSpec { Scenarios = new([new("it", actual)]) }))).RootElement.GetProperty("scenarios").GetProperty("it");
        foreach (var field in expected.EnumerateObject())
        {
            if (field.Name.EndsWith("_ns", StringComparison.Ordinal))
            {
                Assert.True(Duration.TryParse(node.GetProperty(field.Name[..^3]).ToString(), out var duration));
                Assert.Equal(field.Value.GetInt64(), duration.Nanoseconds);
            }
            else if (field.Name == "stages")
            {
                var stages = Assert.IsType<RampingVusScenario>(actual).Stages;
                Assert.Equal(field.Value.EnumerateArray().Select(s => new Stage(new Duration(s.GetProperty("duration_ns").GetInt64()), s.GetProperty("target").GetInt64())), stages);
            }
            else
            {
                Assert.True(field.Value.ToString() == node.GetProperty(field.Name).ToString(), $"{name}: {field.Name} is {node.GetProperty(field.Name)}, not {field.Value}");
            }
        }
    }

    private static ScenarioSpec Derive(out List<Problem> problems, params LoadOptions[] layers)
    {
        problems = [];
        return OptionShortcuts.Derive(OptionShortcuts.Merge(layers), problems).Single().Value;
    }

    /// <summary>Reads a case's layers as k6's front end does, and hands the rest to the product.</summary>
    private sealed class K6Case(JsonElement layers)
    {
        private readonly List<Problem> _problems = [];
        private DnsSpec _dns = new();
        private bool _refused;

        public (bool Failed, List<Problem> Problems, OrderedMap<ScenarioSpec>? Scenarios, OrderedMap<string>? Tags, DnsSpec Dns) Run()
        {
            _refused |= layers.TryGetProperty("fileText", out var text) && SpecJson.Read(text.GetString()!, []) is null;
            var merged = OptionShortcuts.Merge(Json("file"), Json("script"), Environment(), CommandLine());
            if (_refused || _problems.Any(p => !p.IsWarning))
            {
                return (true, _problems, null, null, _dns);
            }

            var scenarios = OptionShortcuts.Derive(merged, _problems);
            ScenarioRules.Check(scenarios, "scenarios", _problems);
            return (_problems.Any(p => !p.IsWarning), _problems, scenarios, merged.Tags, _dns);
        }

        private LoadOptions Json(string layer)
        {
            if (!layers.TryGetProperty(layer, out var json))
            {
                return new LoadOptions();
            }

            var options = new LoadOptions();
            foreach (var field in json.EnumerateObject())
            {
                options = field.Name switch
                {
                    "vus" => options with { Vus = field.Value.GetInt64() },
                    "iterations" => options with { Iterations = field.Value.GetInt64() },
                    "dns" => Dns(options, string.Join(',', field.Value.EnumerateObject().Select(d => $"{d.Name}={d.Value}"))),
                    "duration" => options with { Duration = Parsed(Duration.TryParse(field.Value.ToString(), out var d), d) },
                    "stages" => options with { Stages = Stages(field.Value) },
                    "scenarios" => options with { Scenarios = ScenarioParser.Parse(K6Options.WithUnits(SpecJson.Read(Encoding.UTF8.GetBytes(field.Value.GetRawText()), _problems)!), "scenarios", _problems) },
                    "tags" => options with { Tags = new(field.Value.EnumerateObject().Select(t => new KeyValuePair<string, string>(t.Name, t.Value.GetString()!))) },
                    _ => options,
                };
            }

            return options;
        }

        private IReadOnlyList<Stage> Stages(JsonElement list)
        {
            var node = SpecJson.Read($$"""{"a": {"executor": "ramping-vus", "stages": {{list.GetRawText()}} } }""", _problems)!;
            return ((RampingVusScenario)ScenarioParser.Parse(K6Options.WithUnits(node), "", _problems)["a"]).Stages;
        }

        private LoadOptions Environment()
        {
            var options = new LoadOptions();
            foreach (var variable in layers.TryGetProperty("env", out var env) ? env.EnumerateArray().Select(v => v.GetString()!.Split('=', 2)) : [])
            {
                options = Set(options, variable[0], variable[1], unitNeeded: false);
            }

            return options;
        }

        private LoadOptions CommandLine()
        {
            var options = new LoadOptions();
            var args = layers.TryGetProperty("cli", out var cli) ? cli.EnumerateArray().Select(a => a.GetString()!).ToArray() : [];
            for (var i = 0; i + 1 < args.Length; i += 2)
            {
                options = Set(options, args[i], args[i + 1], unitNeeded: true);
            }

            return options;
        }

        private LoadOptions Set(LoadOptions options, string name, string value, bool unitNeeded)
        {
            switch (name)
            {
                case "--vus" or "-u" or "K6_VUS":
                    return options with { Vus = Number(value) };
                case "--iterations" or "-i" or "K6_ITERATIONS":
                    return options with { Iterations = Number(value) };
                case "--duration" or "-d" or "K6_DURATION":
                    return options with { Duration = Parsed(unitNeeded ? Duration.TryParseWithUnit(value, out var d) : Duration.TryParse(value, out d), d) };
                case "--stage" or "-s" or "K6_STAGES":
                    _refused |= !LoadOptions.TryParseStages(value, out var stages);
                    return options with { Stages = [.. options.Stages ?? [], .. stages] };
                case "--tag" or "K6_TAGS":
                    var added = value.Split(',').Select(t => t.Split(name == "--tag" ? '=' : ':', 2)).Select(t => KeyValuePair.Create(t[0], t[1]));
                    return options with { Tags = new([.. options.Tags ?? OrderedMap<string>.Empty, .. added]) };
                case "--dns" or "K6_DNS":
                    return Dns(options, value);
                case "--summary-trend-stats":
                    _refused |= value.Split(',').Any(s => !Aggregation.TryParse(s, out _));
                    return options;
                default:
                    // --execution is unknown, and the file of --config does not exist.
                    _refused = true;
                    return options;
            }
        }

        private LoadOptions Dns(LoadOptions options, string text)
        {
            _refused |= !NetworkReader.TryParseDns(text, _dns, out _dns);
            return options;
        }

        private long Number(string text)
        {
            _refused |= !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            return number;
        }

        private Duration Parsed(bool read, Duration duration)
        {
            _refused |= !read;
            return duration;
        }
    }
}
