using System.Collections;
using Razorvine.Pickle;
using Razorvine.Pickle.Objects;

namespace Maep.Networks;

/// <summary>
/// Reads the pickles that PyTorch writes. Nothing that a pickle asks for is run: names of Python classes and functions become inert objects, and only
/// the few below have a meaning.
/// </summary>
internal sealed class TorchUnpickler : Unpickler
{
    static TorchUnpickler()
    {
        registerConstructor("torch._utils", "_rebuild_tensor_v2", new TensorConstructor());
        registerConstructor("torch._utils", "_rebuild_tensor", new TensorConstructor());
        registerConstructor("torch._utils", "_rebuild_parameter", new ParameterConstructor());
        registerConstructor("collections", "OrderedDict", new OrderedDictionaryConstructor());
        registerConstructor("torch", "Size", new SizeConstructor());
        foreach (var name in TorchStorage.TypeNames)
            registerConstructor("torch", name, new StorageTypeConstructor(name));
    }

    /// <summary>Storages by their key: PyTorch keeps numbers apart from objects, and several tensors may share a storage.</summary>
    public Dictionary<string, TorchStorage> Storages { get; } = [];

    /// <inheritdoc/>
    protected override object persistentLoad(object pid)
    {
        if (pid is not object[] { Length: >= 5 } parts || parts[0] is not "storage" || parts[1] is not StorageTypeConstructor type)
            throw new PickleException("it refers to something other than a storage of numbers");
        var key = $"{parts[2]}";
        if (!Storages.TryGetValue(key, out var storage))
            Storages[key] = storage = new TorchStorage(type.Name, Convert.ToInt64(parts[4], System.Globalization.CultureInfo.InvariantCulture));
        // Legacy files may refer to a part of a storage: (key of the view, offset, length).
        if (parts.Length > 5 && parts[5] is not null)
            throw new PickleException("it has storages that are views of others, a form that PyTorch no longer writes");
        return storage;
    }

    private sealed class TensorConstructor : IObjectConstructor
    {
        public object construct(object[] args) => args is [TorchStorage storage, var offset, object[] sizes, object[] strides, ..]
            ? new TorchTensor(storage, Integer(offset), [.. sizes.Select(Integer)], [.. strides.Select(Integer)])
            : throw new PickleException("a tensor in it is not made of a storage, an offset, sizes and strides");

        private static long Integer(object value) => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class ParameterConstructor : IObjectConstructor
    {
        public object construct(object[] args) => args[0];
    }

    private sealed class SizeConstructor : IObjectConstructor
    {
        public object construct(object[] args) => args is [IEnumerable sizes] ? sizes.Cast<object>().ToArray() : Array.Empty<object>();
    }

    /// <summary>A class that a pickle names and never calls.</summary>
    private sealed class StorageTypeConstructor(string name) : IObjectConstructor
    {
        public string Name => name;

        public object construct(object[] args) => throw new PickleException($"it makes a {name} of its own");
    }

    private sealed class OrderedDictionaryConstructor : IObjectConstructor
    {
        public object construct(object[] args) => new PickledDictionary();
    }
}

/// <summary>An OrderedDict.</summary>
internal sealed class PickledDictionary : Hashtable
{
    /// <summary>What Python set on it: _metadata of a state dictionary, which nothing here needs.</summary>
    public Hashtable? Attributes { get; private set; }

    /// <summary>Called by the unpickler.</summary>
    public void __setstate__(Hashtable attributes) => Attributes = attributes;
}
