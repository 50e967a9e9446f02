using LoadTesting.Model.Contract;

namespace LoadTesting.Runner.Engine;

/// <summary>Runs the programs of jobs: a process at the desk, the operator in a cluster.</summary>
public interface IJobHost
{
    /// <summary>Runs a job to its end, or to the end of its timeout. What goes wrong is a result.</summary>
    /// <param name="order">What to run.</param>
    /// <param name="timeout">How long the program may run.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    Task<JobResult> RunAsync(JobOrder order, TimeSpan timeout, CancellationToken cancellation);
}
