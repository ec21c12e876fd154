// Small tensors in one thread leave the machine to others.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
