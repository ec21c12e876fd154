"""Writes image-kinds/: one picture of 16x16 pixels in every kind of PNG and JPEG that a folder of images may hold. Pillow 9.4.0 writes the JPEG files."""
import struct, zlib
from pathlib import Path
from PIL import Image

SIZE = 16
FOLDER = Path(__file__).parent / "image-kinds"


def rgba(x, y):
    return 255 - 9 * x, 40 + 12 * y, (37 * x + 11 * y) % 256, 17 * ((x + y) % 16)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, colour, pixel, depth=8, interlaced=False, extra=b""):
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for left, top, across, down in passes:
        for y in range(top, SIZE, down):
            rows += b"\0" + b"".join(pixel(x, y) for x in range(left, SIZE, across))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, depth, colour, 0, 0, int(interlaced))
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def jpeg(name, image, **options):
    image.save(FOLDER / name, quality=90, **options)


FOLDER.mkdir(exist_ok=True)
palette = chunk(b"PLTE", b"".join(bytes((7 * i % 256, 255 - i, 3 * i % 256)) for i in range(256)))
png("grey.png", 0, lambda x, y: bytes(rgba(x, y)[:1]))
png("grey-16-bit.png", 0, lambda x, y: struct.pack(">H", 257 * rgba(x, y)[0] ^ 77), depth=16)
png("grey-alpha.png", 4, lambda x, y: bytes((rgba(x, y)[0], rgba(x, y)[3])))
png("palette.png", 3, lambda x, y: bytes((16 * y + x,)), extra=palette)
png("palette-alpha.png", 3, lambda x, y: bytes((16 * y + x,)), extra=palette + chunk(b"tRNS", bytes(range(256))))
png("rgb.png", 2, lambda x, y: bytes(rgba(x, y)[:3]))
png("rgb-16-bit.png", 2, lambda x, y: struct.pack(">HHH", *(257 * value ^ 77 for value in rgba(x, y)[:3])), depth=16)
png("rgb-interlaced.png", 2, lambda x, y: bytes(rgba(x, y)[:3]), interlaced=True)
png("rgb-one-transparent.png", 2, lambda x, y: bytes(rgba(x, y)[:3]), extra=chunk(b"tRNS", struct.pack(">HHH", *rgba(3, 5)[:3])))
png("rgba.png", 6, lambda x, y: bytes(rgba(x, y)))
png("rgba-16-bit.png", 6, lambda x, y: struct.pack(">HHHH", *(257 * value for value in rgba(x, y))), depth=16)
png("rgba-interlaced.png", 6, lambda x, y: bytes(rgba(x, y)), interlaced=True)
picture = Image.new("RGB", (SIZE, SIZE))
picture.putdata([rgba(x, y)[:3] for y in range(SIZE) for x in range(SIZE)])
turned = Image.Exif()
turned[0x0112] = 6  # to be shown a quarter turned
jpeg("baseline.jpg", picture)
jpeg("progressive.jpg", picture, progressive=True)
jpeg("grey.jpg", picture.convert("L"))
jpeg("cmyk.jpg", picture.convert("CMYK"))
jpeg("exif-orientation.jpg", picture, exif=turned.tobytes())
