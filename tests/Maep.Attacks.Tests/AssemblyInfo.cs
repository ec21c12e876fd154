// The suite is a few seconds of small tensors: one thread leaves the machine to others and keeps counts of live tensors exact.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
