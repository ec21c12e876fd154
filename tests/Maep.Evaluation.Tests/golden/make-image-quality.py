# Writes image-quality.json with scikit-image. Run: python3 make-image-quality.py
import json, numpy, skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

random = numpy.random.default_rng(3)
height, width = 20, 17
rows, columns = numpy.mgrid[0:height, 0:width]
wave = numpy.stack([128 + 100 * numpy.sin(rows / (3 + c)) * numpy.cos(columns / (4 - c)) for c in range(3)])
reference = numpy.clip(numpy.round(wave), 0, 255).astype(int)
changes = {
    "noise": random.integers(-8, 9, reference.shape),
    "strong noise": random.normal(0, 40, reference.shape).round().astype(int),
    "brighter": numpy.full(reference.shape, 30),
    "one colour": numpy.stack([numpy.zeros((height, width)), random.integers(-60, 61, (height, width)), numpy.zeros((height, width))]).astype(int),
}
cases = []
for name, change in changes.items():
    image = numpy.clip(reference + change, 0, 255)
    a, b = image / 255.0, reference / 255.0
    cases.append({
        "name": name, "image": image.flatten().tolist(),
        "psnr": peak_signal_noise_ratio(b, a, data_range=1),
        # The setting of Wang et al. (2004): Gaussian window of deviation 1.5 (11x11), population covariance.
        "ssim": structural_similarity(a, b, data_range=1, channel_axis=0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False),
    })
json.dump({"made": f"make-image-quality.py, scikit-image {skimage.__version__}", "height": height, "width": width, "reference": reference.flatten().tolist(), "cases": cases}, open("image-quality.json", "w"))
