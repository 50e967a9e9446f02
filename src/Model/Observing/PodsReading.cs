namespace LoadTesting.Model.Observing;

/// <summary>The target's Pods as they are now, and what happened to them since T0.</summary>
/// <param name="Restarts">Restarts of containers.</param>
/// <param name="OomKills">Ends of containers for want of memory.</param>
/// <param name="Deletions">Deletions that began.</param>
/// <param name="Ready">Pods that are ready and not being deleted.</param>
/// <param name="Unready">The other ones, without those that ran to their end.</param>
public sealed record PodsReading(long Restarts, long OomKills, long Deletions, int Ready, int Unready);
