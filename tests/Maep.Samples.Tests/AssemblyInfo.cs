// Small work in one thread leaves the machine to others.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
