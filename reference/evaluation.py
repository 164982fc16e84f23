"""Makes core/src/test/resources/io/zoetrope/eval: figures of other programs that ours must equal.

    python3 -m venv /tmp/ref && /tmp/ref/bin/pip install torch numpy scipy scikit-image
    /tmp/ref/bin/python reference/evaluation.py core/src/test/resources/io/zoetrope/eval

The files in the repository are by Python 3.11, torch 2.15.0, numpy, scipy and scikit-image 0.26.0.
Inputs are formulas, so that no test has to read them: see wave().
"""

import json
import pathlib
import sys

import numpy as np
import scipy
import scipy.linalg
import skimage
import skimage.metrics
import torch


def wave(shape, a, b):
    """sin(a i) cos(b i), i the number of the element in row-major order; within [-1, 1]."""
    i = np.arange(np.prod(shape), dtype=np.float64)
    return (np.sin(a * i) * np.cos(b * i)).reshape(shape)


class Plain(torch.nn.Module):
    """forward(x): videos in [-1, 1] to features."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv3d(3, 4, 3, stride=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.conv(x)).mean(dim=(3, 4))


class Switched(torch.nn.Module):
    """The signature of the I3D file of StyleGAN-V: levels 0..255 and three switches."""

    def __init__(self):
        super().__init__()
        self.plain = Plain()

    def forward(
        self,
        x: torch.Tensor,
        rescale: bool = False,
        resize: bool = False,
        return_features: bool = False,
    ) -> torch.Tensor:
        if rescale:
            x = x / 127.5 - 1
        if resize:
            x = x[:, :, :, ::2, ::2]
        y = self.plain(x).flatten(1)
        return y if return_features else y.softmax(1)


def main(folder):
    out = {"made_by": {m.__name__: m.__version__ for m in (torch, np, scipy, skimage)}}
    x = wave((3, 2, 24, 20), 0.37, 0.011)
    y = 0.8 * x + 0.1 * wave((3, 2, 24, 20), 1.7, 0.3)
    planes = [
        skimage.metrics.structural_similarity(
            x[c, f], y[c, f], data_range=2, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False)
        for c in range(3) for f in range(2)
    ]
    out["ssim"] = float(np.mean(planes))
    out["psnr"] = float(skimage.metrics.peak_signal_noise_ratio(x, y, data_range=2))

    a = wave((40, 6), 0.9, 0.05)
    b = 0.5 * wave((30, 6), 0.31, 0.7) + 0.2
    c1, c2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(c1 @ c2).real
    d = a.mean(0) - b.mean(0)
    out["frechet"] = float(d @ d + np.trace(c1 + c2 - 2 * root))
    few_a, few_b = wave((5, 12), 0.9, 0.05), wave((4, 12), 0.31, 0.7)
    g = (few_a - few_a.mean(0)) @ (few_b - few_b.mean(0)).T / np.sqrt(4 * 3)
    d = few_a.mean(0) - few_b.mean(0)
    traces = np.trace(np.cov(few_a, rowvar=False)) + np.trace(np.cov(few_b, rowvar=False))
    out["frechet_few"] = float(d @ d + traces - 2 * np.linalg.svd(g, compute_uv=False).sum())

    torch.manual_seed(3)
    video = torch.tensor(wave((2, 3, 8, 12, 14), 0.37, 0.011), dtype=torch.float32)
    for name, module in (("plain", Plain()), ("switched", Switched())):
        module = module.eval()
        torch.jit.script(module).save(str(folder / f"{name}.pt"))
        with torch.no_grad():
            if name == "plain":
                features = module(video).flatten(1)
            else:
                levels = ((video + 1) * 127.5).round()
                features = module(levels, True, True, True)
        out[name] = {"shape": list(features.shape), "features": features.flatten().tolist()}
    (folder / "expected.json").write_text(json.dumps(out, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]))
