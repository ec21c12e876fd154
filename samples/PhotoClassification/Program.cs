// ImageNet photographs through ML.NET and MobileNetV2, attacked with PGD, purified in 32x32 tiles.
using System.Globalization;
using Maep.Attacks;
using Maep.Samples.PhotoClassification;

if (args.Length < 3)
{
    Console.Error.WriteLine("Usage: PhotoClassification PHOTOS imagenet_class_index.json mobilenet_v2_1.0_224.onnx [COUNT] [EPSILON, in 1/255]");
    return 2;
}
int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
var photos = PhotoRow.Find(args[0], args[1], Argument(3, 50));
var epsilon = Argument(4, 4) / 255.0;
var attack = new ProjectedGradientDescent(new PgdOptions { Epsilon = epsilon, StepSize = epsilon / 4 });
var folder = Directory.CreateTempSubdirectory("maep-photos-").FullName;

Console.WriteLine(attack.Description);
Console.WriteLine(new PhotoPipeline(args[2]).Measure(photos, attack, folder));
Directory.Delete(folder, recursive: true);
return 0;
