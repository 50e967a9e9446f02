using System.Text.Json;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Convert;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Cli;

public sealed class ConvertTests
{
    [Fact]
    public void A_scripts_literal_becomes_a_valid_manifest_and_the_rest_is_listed()
    {
        var notes = new List<string>();
        var options = ScriptLiteral.Options(
            """
            import http from 'k6/http';
            const RATE = 50; // options = { not: 'this' }
            /* export const options: in the middle */
            export const options = {
              scenarios: {
                'rush-hour': { executor: "ramping-vus", startVUs: 1_0, stages: [{ duration: '30s', target: 20 }, { duration: `1m`, target: 0 },], exec: 'rush', tags: { kind: 'rush' }, env: { MODE: 'fast' } },
                steady: { executor: 'constant-arrival-rate', rate: RATE, duration: '1m', preAllocatedVUs: 1e1, gracefulStop: "5s", options: { browser: { type: 'chromium' } } },
              },
              thresholds: {
                http_req_duration: ['p(95)<500', { threshold: 'p(99)<1000', abortOnFail: true, delayAbortEval: '10s' }],
                'http_req_failed{scenario:steady}': ['rate<0.01'],
                orders_accepted: ["count==100"], "login_time": ['p(95)<300'], good_answers: ["rate>0.9"],
                browser_web_vital_lcp: ['p(75)<2500'],
              },
              ...common,
              tags: { release: 'v' + 1, team: 'shop' },
              userAgent: 'mine/1.0', maxRedirects: 4, insecureSkipTLSVerify: true, noConnectionReuse: true, noCookiesReset: true, noVUConnectionReuse: true,
              tlsVersion: { min: 'tls1.2', max: 'ssl3.0' }, tlsCipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'TLS_NONE'],
              hosts: { 'a.example': '127.0.0.1' }, setupTimeout: '30s', teardown() { return 1 },
            };
            export default function () { const options = {}; }
            """,
            notes)!;
        var converted = K6Conversion.Convert("shop", options, notes);
        var spec = Valid(converted).Spec;
        var rush = Assert.IsType<RampingVusScenario>(spec.Scenarios["rush-hour"]);
        Assert.Equal((10, 2, "rush", "rush", "fast"), (rush.StartVUs, rush.Stages.Count, rush.Exec, rush.Tags["kind"], rush.Env["MODE"]));
        Assert.Equal(["default", "rush"], spec.Flows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["good_answers", "http_req_duration", "http_req_failed{scenario:steady}", "login_time", "orders_accepted"], spec.Thresholds.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((true, "mine/1.0", 4, false), (spec.Http.Tls.InsecureSkipVerify, spec.Http.UserAgent, spec.Http.Redirects, spec.Http.KeepAlive));
        Assert.Equal((true, true, "tls1.2", null), (spec.Http.NoCookiesReset, spec.Http.NoVUConnectionReuse, spec.Http.Tls.MinVersion, spec.Http.Tls.MaxVersion));
        Assert.Equal(["TLS_RSA_WITH_AES_128_GCM_SHA256"], spec.Http.Tls.CipherSuites);
        Assert.Equal(["team"], spec.Tags.Keys);
        string[] expected =
        [
            "line 7: scenarios.steady.rate is `RATE`, which would have to be evaluated: it was left out",
            "line 15: options has `...common`, which would have to be evaluated: it was left out",
            "line 16: tags.release is `'v' + 1`, which would have to be evaluated: it was left out",
            "line 19: options has `() { return 1 }`, which would have to be evaluated: it was left out",
            "scenarios.steady.options: is not translated ({\"browser\":{\"type\":\"chromium\"}})",
            "scenarios.steady.rate: 'rate' is missing; 1 stands there now",
            "thresholds.browser_web_vital_lcp: there is no such metric, it was left out",
            "hosts: is not translated",
            "tlsVersion: \"ssl3.0\" is no TLS version and was left out",
            "tlsCipherSuites: 1 of 2 are not known here and were left out",
            "setupTimeout: has no meaning here and was left out",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), converted.Notes.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("export const options = makeOptions({ vus: 1 });", "line 1: the options are no literal; `k6 inspect --execution-requirements script.js` prints them as JSON, which can be converted")]
    [InlineData("export default function () {}", "the script has no options")]
    public void What_is_no_literal_is_said(string script, string note)
    {
        var notes = new List<string>();
        Assert.Null(ScriptLiteral.Options(script, notes));
        Assert.Equal(note, Assert.Single(notes));
    }

    [Theory]
    [InlineData("{}", typeof(PerVuIterationsScenario))]
    [InlineData("{vus: 5, duration: '30s'}", typeof(ConstantVusScenario))]
    [InlineData("{vus: 5, iterations: 50}", typeof(SharedIterationsScenario))]
    [InlineData("{stages: [{duration: '1m', target: 5}]}", typeof(RampingVusScenario))]
    [InlineData("{vus: 5, duration: '30s', scenarios: {}, stages: null}", typeof(ConstantVusScenario))]
    public void Short_forms_become_the_scenario_that_k6_makes_of_them(string literal, Type scenario)
    {
        var notes = new List<string>();
        var converted = K6Conversion.Convert("short", ScriptLiteral.Options($"export let options = {literal}", notes)!, notes);
        var (name, made) = Assert.Single(Valid(converted).Spec.Scenarios);
        Assert.Equal(("default", scenario), (name, made.GetType()));
    }

    [Fact]
    public void No_text_makes_the_reader_throw_or_hang()
    {
        const string Script = "export const options = { a: [1, 'x', `y${z}`, {b: /* c */ true}], 'd\\'e': -1.5e3, ...f, g() {}, // h\n };";
        for (var length = 0; length <= Script.Length; length++)
        {
            ScriptLiteral.Options(Script[..length], []);
            ScriptLiteral.Options(Script[..length] + "}]'\"", []);
        }

        const string Letters = "{}[]'\"`,:$/*\\\n a1.-";
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var noise = new string([.. Enumerable.Range(0, 40).Select(_ => Letters[random.Next(Letters.Length)])]);
            ScriptLiteral.Options("const options = {" + noise, []);
        }
    }

    [SkippableFact]
    public void Whatever_shapes_of_load_k6_accepts_convert_to_manifests_that_are_valid()
    {
        var converted = 0;
        foreach (var layers in Conformance.Cases("option-shortcuts.json").Where(c => !c.TryGetProperty("error", out _) && !c.TryGetProperty("validationErrors", out _)).Select(c => c.GetProperty("layers")))
        {
            foreach (var layer in layers.EnumerateObject().Where(l => l.Value.ValueKind == JsonValueKind.Object))
            {
                var options = (SpecMap)SpecJson.Read(layer.Value.GetRawText(), [])!;
                var test = K6Conversion.Convert("case", options, []);
                var read = ManifestReader.ReadText("case.yaml", test.Yaml);
                Assert.Empty(read.Problems);
                var problems = read.Documents.Single().Validate().Problems.Where(p => !p.IsWarning);
                Assert.True(!problems.Any(), $"{layer.Value}\n{test.Yaml}\n{string.Join('\n', problems)}");
                converted++;
            }
        }

        Assert.True(converted > 10, $"{converted} cases");
    }

    [Fact]
    public async Task The_command_writes_the_manifest_lists_what_is_missing_and_overwrites_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-convert-");
        try
        {
            var (json, yaml) = (Path.Combine(folder.FullName, "Check Out.json"), Path.Combine(folder.FullName, "out.yaml"));
            await File.WriteAllTextAsync(json, """{"options": {"vus": 2, "duration": "10s", "dns": {"ttl": "5m"}, "paused": null, "thresholds": {"http_reqs": [{"threshold": "count>5", "abortOnFail": false, "delayAbortEval": null}]}}}""");
            var (code, output, error) = await LoadtestProcess.RunAsync("convert", "k6", json, "-o", yaml);
            Assert.True(code == 0, output + error);
            Assert.Equal("not translated: dns: is not translated\n", error);
            Assert.Contains("name: check-out", await File.ReadAllTextAsync(yaml), StringComparison.Ordinal);
            Assert.Equal(0, (await LoadtestProcess.RunAsync("validate", yaml)).ExitCode);
            Assert.Equal(112, (await LoadtestProcess.RunAsync("convert", "k6", json, "-o", yaml)).ExitCode);
            Assert.Equal(104, (await LoadtestProcess.RunAsync("convert", "k6", Path.Combine(folder.FullName, "gone.js"))).ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static LoadTestManifest Valid(ConvertedTest converted)
    {
        var read = ManifestReader.ReadText("loadtest.yaml", converted.Yaml);
        Assert.Empty(read.Problems);
        var result = read.Documents.Single().Validate();
        return result.Value?.Manifest ?? throw new Xunit.Sdk.XunitException($"{converted.Yaml}\n{string.Join('\n', result.Problems)}");
    }
}
