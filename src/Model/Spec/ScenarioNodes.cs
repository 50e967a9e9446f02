namespace LoadTesting.Model.Spec;

/// <summary>Scenarios back to nodes. Numbers that say what the load is are written even when they are defaults.</summary>
internal static class ScenarioNodes
{
    private static readonly Duration HalfMinute = Duration.FromSeconds(30);

    public static SpecMap Of(ScenarioSpec scenario)
    {
        var builder = new NodeBuilder().Add("executor", scenario.Executor);
        switch (scenario)
        {
            case SharedIterationsScenario s:
                Iterations(builder, s.Vus, s.Iterations, s.MaxDuration);
                break;
            case PerVuIterationsScenario s:
                Iterations(builder, s.Vus, s.Iterations, s.MaxDuration);
                break;
            case ConstantVusScenario s:
                builder.Add("vus", NodeBuilder.Scalar(s.Vus)).Add("duration", NodeBuilder.Scalar(s.Duration));
                break;
            case RampingVusScenario s:
                builder.Add("startVUs", NodeBuilder.Scalar(s.StartVUs)).Add("stages", NodeBuilder.List(s.Stages, Stage)).Add("gracefulRampDown", s.GracefulRampDown, HalfMinute);
                break;
            case ConstantArrivalRateScenario s:
                builder.Add("rate", NodeBuilder.Scalar(s.Rate)).Add("timeUnit", NodeBuilder.Scalar(s.TimeUnit)).Add("duration", NodeBuilder.Scalar(s.Duration));
                Vus(builder, s.PreAllocatedVUs, s.MaxVUs);
                break;
            case RampingArrivalRateScenario s:
                builder.Add("startRate", NodeBuilder.Scalar(s.StartRate)).Add("timeUnit", NodeBuilder.Scalar(s.TimeUnit)).Add("stages", NodeBuilder.List(s.Stages, Stage));
                Vus(builder, s.PreAllocatedVUs, s.MaxVUs);
                break;
        }

        return builder
            .Add("startTime", scenario.StartTime, Duration.Zero)
            .Add("gracefulStop", scenario.GracefulStop, HalfMinute)
            .Add("exec", scenario.Exec)
            .Add("mix", scenario.Mix, m => new NodeBuilder().Add("flow", m.Flow).Add("weight", NodeBuilder.Scalar(m.Weight)).Build())
            .Add("minIterationDuration", scenario.MinIterationDuration is { } pace ? NodeBuilder.Scalar(pace) : null)
            .Add("env", scenario.Env)
            .Add("tags", scenario.Tags)
            .Build();
    }

    private static void Iterations(NodeBuilder builder, long vus, long iterations, Duration maxDuration) =>
        builder.Add("vus", NodeBuilder.Scalar(vus)).Add("iterations", NodeBuilder.Scalar(iterations)).Add("maxDuration", NodeBuilder.Scalar(maxDuration));

    private static void Vus(NodeBuilder builder, long preAllocated, long most) =>
        builder.Add("preAllocatedVUs", NodeBuilder.Scalar(preAllocated)).Add("maxVUs", NodeBuilder.Scalar(most));

    private static SpecMap Stage(Stage stage) => new NodeBuilder().Add("duration", NodeBuilder.Scalar(stage.Duration)).Add("target", NodeBuilder.Scalar(stage.Target)).Build();
}
