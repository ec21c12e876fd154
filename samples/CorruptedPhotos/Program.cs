// Accuracy of an ML.NET pipeline by corruption and severity, on a folder laid out as ImageNet-C.
using Maep.Samples.CorruptedPhotos;
using Microsoft.ML;

if (args.Length < 3)
{
    Console.Error.WriteLine("Usage: CorruptedPhotos IMAGENET-C imagenet_class_index.json mobilenet_v2_1.0_224.onnx [purify]");
    return 2;
}
var mlContext = new MLContext(seed: 1);
var images = mlContext.Data.LoadImageNetC(args[0], args[1]);
var pipeline = CorruptionAccuracy.Pipeline(mlContext, args[2], purify: args.Contains("purify"));
foreach (var ((corruption, severity), accuracy) in CorruptionAccuracy.Measure(mlContext, images, pipeline))
    Console.WriteLine(FormattableString.Invariant($"{corruption} {severity}: {100 * accuracy:F1} %"));
return 0;
