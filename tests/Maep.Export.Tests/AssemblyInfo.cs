// Small networks in one thread leave the machine to others.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
