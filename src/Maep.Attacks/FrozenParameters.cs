using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Keeps a model's weights out of the gradients of an attack, and gives them back as they were.</summary>
internal sealed class FrozenParameters : IDisposable
{
    private readonly TorchSharp.Modules.Parameter[] _frozen;

    public FrozenParameters(nn.Module model)
    {
        _frozen = [.. model.parameters().Where(parameter => parameter.requires_grad)];
        foreach (var parameter in _frozen)
            parameter.requires_grad = false;
    }

    public void Dispose()
    {
        foreach (var parameter in _frozen)
            parameter.requires_grad = true;
    }
}
