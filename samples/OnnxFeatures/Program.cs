// CIFAR-10: logits of an ONNX network as features of LbfgsMaximumEntropy, attacked with PGD at 8/255 on that network.
using System.Globalization;
using Maep.Attacks;
using Maep.Samples.Measuring;
using Maep.Samples.OnnxFeatures;
using Maep.Training.Data;
using Microsoft.ML;

if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: OnnxFeatures DATA models/classifier-cifar10.onnx [COUNT] [TRAINING IMAGES]");
    return 2;
}
int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
var test = CifarReader.Cifar10Test(args[0]).Take(Argument(2, 500));
var training = CifarReader.Cifar10Train(args[0]).Take(Argument(3, 2000));
var attack = new ProjectedGradientDescent(new PgdOptions());
var context = new MLContext(seed: 1);

var model = FeaturePipeline.Train(context, CifarRow.Clean(training), args[1]);
var defended = FeaturePipeline.Defend(context, model);

Console.WriteLine($"{attack.Description}, trained on {training.Count} clean images");
Console.WriteLine(CifarAccuracy.Measure(context, model, defended, CifarRow.Clean(test), CifarRow.Attacked(test, args[1], attack)));
return 0;
