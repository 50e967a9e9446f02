using System.Collections.Concurrent;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Observing;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>The sessions of the runs that go on, by the run's uid. One pass at a time works on a run, so a session itself needs no lock.</summary>
public sealed class RunSessions(RunnerClient client, RunKeys keys, ApiAccess api, RunDeadlines limits, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, RunSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>The session of a run; made when there is none.</summary>
    public RunSession For(LoadTestRun run, EffectiveTest test) => _sessions.GetOrAdd(run.Metadata.Uid!, uid =>
    {
        var session = new RunSession(
            uid, test, new AgentAccess(uid, keys.TokenOf(uid)), client, time, collector => new TargetWatch(test.Spec, run.Metadata.Namespace!, collector, api, time, logger))
        {
            Limits = limits.With(test.Spec.Deadlines),
        };
        session.Watch.Restore(run.Status.Bookkeeping?.Observed);
        var jobs = run.Status.Bookkeeping?.Jobs;
        session.Verify.Remember(run.Status.Bookkeeping?.Verify, jobs?.Verify ?? 0);
        session.Teardown.Remember(run.Status.Bookkeeping?.Teardown, jobs?.Teardown ?? 0);
        session.Setup.Remember(null, jobs?.Setup ?? 0);
        // Before the load ends setup is asked for again, because its values are needed; the runner repeats its answer.
        if (run.Status.Phase is RunPhase.Evaluating or RunPhase.Finished || run.Status.Bookkeeping?.Setup is { Ok: false })
        {
            session.Setup.Remember(run.Status.Bookkeeping?.Setup);
        }

        if (run.Status.StartTime is null)
        {
            session.Checkpoints.NothingStored();
        }

        return session;
    });

    /// <summary>The session of a uid, if there is one.</summary>
    public RunSession? Find(string uid) => _sessions.GetValueOrDefault(uid);

    /// <summary>Forgets a run; its target is no longer observed.</summary>
    public RunSession? Drop(string uid)
    {
        if (!_sessions.TryRemove(uid, out var session))
        {
            return null;
        }

        session.Watch.Dispose();
        return session;
    }

    /// <summary>Uids of all sessions.</summary>
    public IReadOnlyCollection<string> Uids => [.. _sessions.Keys];
}
