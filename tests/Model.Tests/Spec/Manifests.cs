using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Spec;

/// <summary>Random manifests: each field sometimes given, sometimes not. Well formed, not always valid.</summary>
internal static class Manifests
{
    public static readonly Gen<LoadTestManifest> Any =
        from name in Word
        from space in Maybe(Word)
        from labels in Map(Text)
        from spec in Spec
        select new LoadTestManifest { Name = name, Namespace = space, Labels = labels, Annotations = labels, Spec = spec };

    private static Gen<string> Word => Gen.Elements("load", "a", "x-y", "order_1", "Überraschung", "with blank", "a.b", "q\"uote", "back\\slash", "[0]", "");

    private static Gen<string> Text => Gen.Elements("", "plain", "${vars.x}", "1", "true", "null", "multi\nline", "\ttab", "\u0001", "quote\"", "emoji 🚀", "<&>'");

    private static Gen<Duration> Span => Gen.OneOf(
        Gen.Choose(-5, 100_000).Select(ms => Duration.FromMilliseconds(ms)),
        ArbMap.Default.GeneratorFor<long>().Select(ns => new Duration(ns)));

    private static Gen<long> Number => Gen.OneOf(Gen.Choose(-3, 1000).Select(n => (long)n), ArbMap.Default.GeneratorFor<long>());

    private static Gen<bool> Flag => Gen.Elements(true, false);

    private static Gen<SpecNode> Node => Gen.OneOf<SpecNode>(
        Text.Select(t => (SpecNode)new SpecScalar(t, ScalarKind.String, default)),
        Gen.Elements("1.5", "0", "-2e10").Select(t => (SpecNode)new SpecScalar(t, t == "0" ? ScalarKind.Integer : ScalarKind.Float, default)),
        Text.ListOf().Select(l => (SpecNode)new SpecList([.. l.Select(t => (SpecNode)new SpecScalar(t, ScalarKind.String, default))], default)),
        Map(Text).Select(m => (SpecNode)new SpecMap([.. m.Select(e => new SpecEntry(e.Key, default, new SpecScalar(e.Value, ScalarKind.String, default)))], default)));

    private static Gen<ExpectedStatuses?> Statuses => Gen.OneOf(
        Gen.Constant((ExpectedStatuses?)null),
        Gen.Choose(0, 600).Two().Select(p => (ExpectedStatuses?)new ExpectedStatuses([new StatusRange(p.Item1, p.Item2), new StatusRange(204, 204)])));

    private static Gen<HttpSpec> Http =>
        from timeout in Span
        from redirects in Gen.Choose(-1, 20)
        from headers in Map(Text)
        from flags in Flag.Three()
        from bytes in Number
        from agent in Maybe(Text)
        from expect in Statuses
        from files in Maybe(Text).Four()
        from batch in Gen.Choose(0, 300).Two()
        from more in Flag.Four()
        from versions in Maybe(Text).Two()
        from suites in Text.ListOf()
        from age in Gen.OneOf(Gen.Constant((Duration?)null), Span.Select(s => (Duration?)s))
        select new HttpSpec
        {
            Timeout = timeout, ConnectTimeout = timeout, Redirects = redirects, Headers = headers, Cookies = flags.Item1, KeepAlive = flags.Item2, Http2 = flags.Item3,
            MaxBodyBytes = bytes, UserAgent = agent, Expect = expect, Batch = batch.Item1, BatchPerHost = batch.Item2,
            NoCookiesReset = more.Item1, NoVUConnectionReuse = more.Item2, H2c = more.Item3, Throw = more.Item4, MaxConnectionAge = age,
            Tls = new TlsSpec
            {
                InsecureSkipVerify = flags.Item1, CaFile = files.Item1, CertFile = files.Item2, KeyFile = files.Item3, ServerName = files.Item4,
                MinVersion = versions.Item1, MaxVersion = versions.Item2, CipherSuites = [.. suites],
            },
        };

    private static Gen<NetworkSpec> Network =>
        from hosts in Map(Text)
        from texts in Text.ListOf().Three()
        from ttl in Gen.OneOf(Span, Gen.Constant(DnsSpec.Forever))
        from chosen in Gen.Elements(Enum.GetValues<DnsSelect>())
        from policy in Gen.Elements(Enum.GetValues<DnsPolicy>())
        select new NetworkSpec
        {
            Hosts = hosts, BlockHostnames = [.. texts.Item1], BlacklistIPs = [.. texts.Item2], LocalIPs = [.. texts.Item3],
            Dns = new DnsSpec { Ttl = ttl, Select = chosen, Policy = policy },
        };

    private static Gen<StepSpec> Step => Gen.OneOf(Leaf, Leaf, Nested(2));

    private static Gen<StepSpec> Nested(int depth)
    {
        var inner = depth == 0 ? Leaf : Gen.OneOf(Leaf, Nested(depth - 1));
        var steps = Gen.Choose(0, 3).SelectMany(n => inner.ListOf(n)).Select(l => (IReadOnlyList<StepSpec>)[.. l]);
        var times = Gen.Elements("3", "vars.n", "-1", "", "03");
        return Gen.OneOf(
            Text.SelectMany(name => steps.Select(s => (StepSpec)new GroupStep { Name = name, Steps = s })),
            times.SelectMany(t => steps.SelectMany(s => Maybe(Word).Select(a => (StepSpec)new RepeatStep { Times = t, As = a, Steps = s, When = "true" }))),
            Text.SelectMany(t => steps.SelectMany(s => Number.Select(n => (StepSpec)new RepeatStep { While = t, AtMost = n, Steps = s }))),
            Text.SelectMany(t => steps.Select(s => (StepSpec)new RepeatStep { Each = t, Steps = s })),
            steps.SelectMany(s => Gen.Elements(1.0, 0.25, -3).Select(w => new WeightedSteps(w, s))).ListOf().Select(b => (StepSpec)new OneOfStep { Branches = [.. b] }),
            steps.Select(s => (StepSpec)new ParallelStep { Steps = s }));
    }

    private static Gen<StepSpec> Leaf => Gen.OneOf(
        from name in Maybe(Text)
        from texts in Text.Four()
        from maps in Map(Text).Four()
        from node in Maybe(Node)
        from form in Maybe(Map(Text))
        from timeout in Gen.OneOf(Gen.Constant((Duration?)null), Span.Select(s => (Duration?)s))
        from redirects in Gen.Elements<int?>(null, 0, 3)
        from expect in Statuses
        from record in Record.ListOf()
        from when in Maybe(Text)
        from auth in Gen.Elements<AuthSpec?>(null, new AuthSpec { Bearer = "${vars.t}" }, new AuthSpec { Username = "u", Password = "" }, new AuthSpec { Digest = new DigestSpec("u", "${vars.p}") })
        from parts in Maybe(Part.ListOf())
        from more in Maybe(Text).Two()
        from missing in Gen.Elements(MissingPolicy.Continue, MissingPolicy.SkipIteration, MissingPolicy.FailRun)
        select (StepSpec)new RequestStep
        {
            Name = name, Method = texts.Item1, Url = texts.Item2, Body = node is null ? texts.Item3 : null, Json = node, Form = form, Query = maps.Item1, Headers = maps.Item2,
            Checks = maps.Item3, Extract = maps.Item4, Tags = maps.Item1, Timeout = timeout, Redirects = redirects, Expect = expect, Record = [.. record], When = when, OnMissing = missing,
            Cookies = maps.Item2, Auth = auth, Multipart = parts is null ? null : [.. parts], File = more.Item1, Compression = more.Item2,
        },
        Span.Two().Select(p => (StepSpec)new SleepStep { Min = p.Item1, Max = p.Item2 }),
        Span.Four().Select(p => (StepSpec)new SleepStep { Min = p.Item1, Max = p.Item2, Normal = new NormalPause(p.Item3, p.Item4) }),
        Span.Two().SelectMany(p => Gen.Elements(0.5, 1, -2).Select(s => (StepSpec)new SleepStep { Min = p.Item1, Max = p.Item2, ParetoShape = s })),
        Text.Select(t => (StepSpec)new CallStep { Flow = t }),
        Text.SelectMany(t => Flag.Select(f => (StepSpec)new StopStep { Reason = t, EndsRun = f })),
        Text.Select(t => (StepSpec)new LogStep { Message = t }),
        from texts in Text.Four()
        from maps in Map(Text).Three()
        from name in Maybe(Text)
        from node in Maybe(Node)
        from code in Gen.Choose(0, 255)
        from timeout in Span
        select (StepSpec)new JobStep
        {
            Name = name, Image = texts.Item1, Command = [texts.Item2], Args = [texts.Item3, texts.Item4], Env = maps.Item1, Checks = maps.Item2, Extract = maps.Item3, Timeout = timeout,
            ExitCodes = code == 0 ? [] : [0, code], RunAsUser = code == 0 ? null : code, Resources = node, Volumes = node, VolumeMounts = node,
        },
        Map(Text).Select(m => (StepSpec)new SetStep { Values = m, When = "true" }),
        Record.ListOf().Select(l => (StepSpec)new RecordStep { Samples = [.. l] }),
        Map(Text).Select(m => (StepSpec)new CheckStep { Checks = m }));

    private static Gen<PartSpec> Part =>
        from name in Text
        from isFile in Flag
        from text in Text
        from more in Maybe(Text).Two()
        select new PartSpec { Name = name, Value = isFile ? null : text, File = isFile ? text : null, Filename = more.Item1, ContentType = more.Item2 };

    private static Gen<RecordSpec> Record =>
        from metric in Word
        from type in Gen.Elements(CustomMetricType.Counter, CustomMetricType.Gauge, CustomMetricType.Rate, CustomMetricType.Trend)
        from value in Maybe(Text)
        from when in Maybe(Text)
        from time in Flag
        from tags in Map(Text)
        select new RecordSpec { Metric = metric, Type = type, Value = value, When = when, IsTime = time, Tags = tags };

    private static Gen<ScenarioSpec> Scenario =>
        from numbers in Number.Three()
        from spans in Span.Four()
        from stages in Span.SelectMany(d => Number.Select(t => new Stage(d, t))).ListOf()
        from kind in Gen.Choose(0, 5)
        from exec in Maybe(Word)
        from weights in Gen.Elements(1.0, 0.25, 70, -1).ListOf()
        from env in Map(Text)
        from tags in Map(Text)
        from pace in Gen.OneOf(Gen.Constant((Duration?)null), Span.Select(s => (Duration?)s))
        select (ScenarioSpec)(kind switch
        {
            0 => new SharedIterationsScenario { Vus = numbers.Item1, Iterations = numbers.Item2, MaxDuration = spans.Item1 },
            1 => new PerVuIterationsScenario { Vus = numbers.Item1, Iterations = numbers.Item2, MaxDuration = spans.Item1 },
            2 => new ConstantVusScenario { Vus = numbers.Item1, Duration = spans.Item1 },
            3 => new RampingVusScenario { StartVUs = numbers.Item1, Stages = [.. stages], GracefulRampDown = spans.Item2 },
            4 => new ConstantArrivalRateScenario { Rate = numbers.Item1, TimeUnit = spans.Item2, Duration = spans.Item1, PreAllocatedVUs = numbers.Item2, MaxVUs = numbers.Item3 },
            _ => (ScenarioSpec)new RampingArrivalRateScenario { StartRate = numbers.Item1, TimeUnit = spans.Item2, Stages = [.. stages], PreAllocatedVUs = numbers.Item2, MaxVUs = numbers.Item3 },
        }) with { StartTime = spans.Item3, GracefulStop = spans.Item4, Exec = exec, Mix = [.. weights.Select(w => new MixEntry("flow", w))], Env = env, Tags = tags, MinIterationDuration = pace };

    private static Gen<EnvVarSpec> Env => Gen.OneOf(
        Text.Select(t => new EnvVarSpec { Name = "A", Value = t }),
        Flag.Select(f => new EnvVarSpec { Name = "B", SecretKeyRef = new KeyRef("n", "k", f) }),
        Flag.Select(f => new EnvVarSpec { Name = "C", ConfigMapKeyRef = new KeyRef("n", "k", f) }));

    private static Gen<FeederSpec> Feeder =>
        from name in Word
        from texts in Maybe(Text).Three()
        from keys in Text.Four()
        from given in Flag.Three()
        from rows in Node.ListOf()
        from pick in Gen.Elements(DataPick.Sequential, DataPick.Random, DataPick.Unique)
        from per in Gen.Elements(DataScope.Iteration, DataScope.Vu)
        from policy in Gen.Elements(ExhaustionPolicy.Fail, ExhaustionPolicy.Stop, ExhaustionPolicy.Wrap)
        from format in Gen.Elements<DataFormat?>(null, DataFormat.Csv, DataFormat.Json, DataFormat.Jsonl)
        select new FeederSpec
        {
            Name = name, File = texts.Item1, Delimiter = texts.Item2 ?? ",", Pick = pick, Per = per, OnExhausted = policy, Format = format,
            ConfigMap = given.Item1 ? new DataKey { Name = keys.Item1, Key = keys.Item2 } : null,
            Secret = given.Item2 ? new DataKey { Name = keys.Item3, Key = keys.Item4 } : null,
            Volume = given.Item3 ? new DataVolume { Name = keys.Item1, Path = keys.Item4 } : null,
            Rows = texts.Item3 is null ? null : [.. rows],
        };

    private static Gen<ReadySpec> Ready =>
        from spans in Span.Two()
        from url in Text
        from expect in Statuses
        from word in Word
        select new ReadySpec { Timeout = spans.Item1, Http = [new ReadyRequest { Url = url, Expect = expect, Interval = spans.Item2 }], Rollouts = [new ReadyWorkload { Kind = word, Name = url }] };

    private static Gen<ThresholdSpec> Threshold =>
        from text in Gen.Elements("p(95)<500", "rate<0.01", "nonsense", "")
        from abort in Flag
        from delay in Gen.OneOf(Gen.Constant((Duration?)null), Span.Select(s => (Duration?)s))
        select new ThresholdSpec(text, abort, delay);

    private static Gen<RunnersSpec> Runners =>
        from replicas in Gen.Choose(-1, 600)
        from loss in Gen.Elements(LossPolicy.Fail, LossPolicy.Continue, LossPolicy.Replace)
        from texts in Maybe(Text).Two()
        from maps in Map(Text).Three()
        from nodes in Maybe(Node).Four()
        select new RunnersSpec
        {
            Replicas = replicas, OnLoss = loss, Image = texts.Item1, PriorityClassName = texts.Item2, NodeSelector = maps.Item1, Labels = maps.Item2, Annotations = maps.Item3,
            Resources = nodes.Item1, Tolerations = nodes.Item2, Affinity = nodes.Item3, ImagePullSecrets = nodes.Item4, Env = nodes.Item1, Volumes = nodes.Item2, VolumeMounts = nodes.Item3,
        };

    private static Gen<ValiditySpec> Validity =>
        from shares in Gen.Elements(0, 0.05, 0.07, 1, 0.999, -1, 3, 1e-7).Select(v => new Fraction(v)).Four()
        from spans in Span.Three()
        select new ValiditySpec
        {
            DeliveredRatio = shares.Item1, MaxTaintedSeconds = shares.Item2, MaxGeneratorCpu = shares.Item3, MaxThrottled = shares.Item4, MinCoverage = shares.Item1, ObservedRatio = shares.Item2,
            MaxSendLag = spans.Item1, MaxStall = spans.Item2, MaxStartSkew = spans.Item3,
        };

    private static Gen<ObserveSpec> Observe =>
        from labels in Map(Text)
        from keys in Word.ListOf()
        from values in Text.ListOf()
        from space in Maybe(Word)
        from pods in Flag
        from texts in Text.Three()
        from interval in Span
        from unit in Gen.Elements(ObservedUnit.None, ObservedUnit.Seconds, ObservedUnit.Bytes)
        from auth in Gen.Elements(null, new AuthSpec { Bearer = "${env.X}" }, new AuthSpec { Username = "a", Password = "b" })
        select new ObserveSpec
        {
            Pods = !pods ? null : new ObservedPods
            {
                Selector = new PodSelector { MatchLabels = labels, MatchExpressions = [.. keys.Select(k => new LabelCondition { Key = k, Operator = "In", Values = [.. values] })] },
                Namespace = space,
            },
            Prometheus = [.. keys.Select(k => new ObservedQuery { Name = k, Url = texts.Item1, Query = texts.Item2, Interval = interval, Unit = unit, Auth = auth })],
        };

    private static Gen<LoadTestSpec> Spec =>
        from target in Maybe(Text)
        from env in Env.ListOf()
        from variables in Map(Node)
        from http in Http
        from network in Network
        from steps in Step.ListOf().Three()
        from flows in Map(Step.ListOf().Select(l => (IReadOnlyList<StepSpec>)[.. l]))
        from scenarios in Map(Scenario)
        from thresholds in Map(Threshold.ListOf().Select(l => (IReadOnlyList<ThresholdSpec>)[.. l]))
        from tags in Map(Text)
        from runners in Runners
        from history in Gen.Choose(-1, 20).Two()
        from suspend in Flag
        from data in Feeder.ListOf()
        from profiles in Map(Node)
        from profile in Maybe(Text)
        from ready in Maybe(Ready)
        from pace in Span
        from warmUp in Span
        from validity in Validity
        from observe in Maybe(Observe)
        from baseline in Gen.Elements(null, new BaselineSpec { LastPassed = true }, new BaselineSpec { Run = "a-run" }, new BaselineSpec())
        select new LoadTestSpec
        {
            Data = [.. data], Profiles = profiles, Profile = profile, Ready = ready, Observe = observe,
            Target = target, Env = [.. env], Variables = variables, Http = http, Network = network, Setup = [.. steps.Item1], Teardown = [.. steps.Item2], Verify = [.. steps.Item3], Flows = flows,
            Scenarios = scenarios, Thresholds = thresholds, Tags = tags, Runners = runners, History = new HistorySpec { Passed = history.Item1, Failed = history.Item2 }, Suspend = suspend, MinIterationDuration = pace,
            WarmUp = warmUp, Validity = validity, Baseline = baseline,
        };

    private static Gen<T?> Maybe<T>(Gen<T> some)
        where T : class => Gen.OneOf(Gen.Constant((T?)null), some.Select(s => (T?)s));

    private static Gen<OrderedMap<T>> Map<T>(Gen<T> value) =>
        Word.SelectMany(k => value.Select(v => KeyValuePair.Create(k, v))).ListOf().Select(l => new OrderedMap<T>(l.DistinctBy(e => e.Key)));
}
