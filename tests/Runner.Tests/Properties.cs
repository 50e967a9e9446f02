using LoadTesting.Runner.Tests;

// Runs at the desk wait far more than they compute: several at once keep two cores busy without being each other's noise.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerClass, MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer(LongestFirst.Name, LongestFirst.Assembly)]
