// CIFAR-10 pixels into LightGBM, with images that PGD at 8/255 made on a network.
using System.Globalization;
using Maep.Attacks;
using Maep.Samples.Measuring;
using Maep.Samples.TreesOnPixels;
using Maep.Training.Data;
using Microsoft.ML;

if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: TreesOnPixels DATA models/classifier-cifar10.onnx [COUNT] [TRAINING IMAGES] [ITERATIONS]");
    return 2;
}
int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
var test = CifarReader.Cifar10Test(args[0]).Take(Argument(2, 500));
var training = CifarReader.Cifar10Train(args[0]).Take(Argument(3, 2000));
var attack = new ProjectedGradientDescent(new PgdOptions());
var context = new MLContext(seed: 1);

var model = TreePipeline.Train(context, CifarRow.Clean(training), Argument(4, 30));
var defended = TreePipeline.Defend(context, model);

Console.WriteLine($"{attack.Description} on {Path.GetFileName(args[1])}, trained on {training.Count} clean images");
Console.WriteLine(CifarAccuracy.Measure(context, model, defended, CifarRow.Clean(test), CifarRow.Attacked(test, args[1], attack)));
return 0;
