using System.Reflection;
using TorchSharp;
using Xunit.Sdk;

namespace Maep.Testing;

/// <summary>Starts libtorch's global stream of random numbers anew for every test, so that what a test draws, initial weights among it, depends neither on the time nor on the tests before it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SeededAttribute : BeforeAfterTestAttribute
{
    private const long Seed = 1;

    public override void Before(MethodInfo methodUnderTest) => torch.random.manual_seed(Seed);
}
