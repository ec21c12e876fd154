#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property PublishAot=false

// Draws the icon of the packages: dotnet run eng/icon.cs -- eng/icon.png
// A shield of image patches: disturbed on the left, some of them hidden, and clean on the right.
using SkiaSharp;

const int Size = 128;
const int Pitch = 12;
const int Gap = 1;
var random = new Random(20);
using var bitmap = new SKBitmap(Size, Size);
using var canvas = new SKCanvas(bitmap);
canvas.Clear(SKColors.Transparent);

using var ground = new SKPaint { IsAntialias = true, Shader = Vertical(new SKColor(0x25, 0x35, 0x5e), new SKColor(0x10, 0x17, 0x2e)) };
canvas.DrawRoundRect(new SKRect(0, 0, Size, Size), 26, 26, ground);

using var shield = SKPath.ParseSvgPathData("M64 15 C76 24 90 27 103 28 L103 62 C103 88 84 105 64 114 C44 105 25 88 25 62 L25 28 C38 27 52 24 64 15 Z");
canvas.Save();
canvas.ClipPath(shield, antialias: true);
for (var y = 16; y < 114; y += Pitch)
{
    for (var x = 28 - Pitch; x < 104; x += Pitch)
        DrawPatch(x, y);
}
canvas.Restore();

using var rim = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 3.5f, Color = new SKColor(0xf2, 0xf6, 0xff) };
canvas.DrawPath(shield, rim);

using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
File.WriteAllBytes(args[0], png.ToArray());

void DrawPatch(int x, int y)
{
    var height = (y - 16) / 98f;
    var clean = Mix(new SKColor(0x7d, 0xe8, 0xd4), new SKColor(0x1f, 0x8f, 0xc9), height);
    var disturbed = Mix(clean, SKColor.FromHsv(random.Next(360), 75, 95), 0.75f);
    var hidden = random.NextDouble() < 0.3;
    var isClean = x + (y / 4) >= 76; // the seam leans, so that it reads as a sweep
    using var paint = new SKPaint { IsAntialias = true, Color = isClean ? clean : hidden ? new SKColor(0x33, 0x46, 0x78) : disturbed };
    canvas.DrawRoundRect(new SKRect(x + Gap, y + Gap, x + Pitch - Gap, y + Pitch - Gap), 2.2f, 2.2f, paint);
}

static SKColor Mix(SKColor from, SKColor to, float share)
{
    byte Channel(byte a, byte b) => (byte)(a + ((b - a) * share));
    return new SKColor(Channel(from.Red, to.Red), Channel(from.Green, to.Green), Channel(from.Blue, to.Blue));
}

static SKShader Vertical(SKColor top, SKColor bottom) =>
    SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(0, Size), [top, bottom], SKShaderTileMode.Clamp);
