# Writes classical-purifiers.json with scikit-image, SciPy and Pillow. Run: python3 make-classical-purifiers.py
import io, json, numpy, PIL, PIL.Image, scipy, scipy.ndimage, skimage, skimage.restoration

image = numpy.random.default_rng(7).integers(0, 256, (3, 9, 11))
unit = image / 255.0
# scikit-image returns the image before its last update of the dual: 31 iterations are 30 updates.
smooth = lambda weight: skimage.restoration.denoise_tv_chambolle(unit, weight=weight, eps=0, max_num_iter=31, channel_axis=0)
median = lambda size: numpy.stack([scipy.ndimage.median_filter(plane, size=size, mode="mirror") for plane in unit])
def jpeg(quality):
    file = io.BytesIO()
    PIL.Image.fromarray(image.astype(numpy.uint8).transpose(1, 2, 0)).save(file, "JPEG", quality=quality)
    return numpy.asarray(PIL.Image.open(file)).transpose(2, 0, 1) / 255.0

golden = {
    "made": f"make-classical-purifiers.py, scikit-image {skimage.__version__}, SciPy {scipy.__version__}, Pillow {PIL.__version__}",
    "image": image.flatten().tolist(), "height": 9, "width": 11,
    "tv:0.05": smooth(0.05).flatten().tolist(), "tv:0.3": smooth(0.3).flatten().tolist(),
    "jpeg:75": jpeg(75).flatten().tolist(), "jpeg:30": jpeg(30).flatten().tolist(),
    "median:3": median(3).flatten().tolist(), "median:5": median(5).flatten().tolist(),
}
json.dump({key: [round(v, 7) for v in value] if isinstance(value, list) else value for key, value in golden.items()}, open("classical-purifiers.json", "w"))
