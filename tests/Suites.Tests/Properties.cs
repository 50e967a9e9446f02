// Runs wait far more than they compute: several at once keep two cores busy without being each other's noise.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerClass, MaxParallelThreads = 8)]
