"""taehv/w21, taehv/w22: TAEHV as taew2_1 and taew2_2 configure it, narrow.

A re-statement of github.com/madebyollin/taehv (MIT) with widths that can be chosen: the clip as a whole, all frames side by side. The
names of weights are those of the released files. Every parameter is random. Clips have 9 frames, in bytes; `decoded` is every third
row and fifth column, from -1 to 1. `--checkout DIR` also runs the published code, in its own widths, beside this one.
"""

import argparse
import importlib.util
import pathlib
import shutil

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from common import OUT, normal, randomise, write


class Block(torch.nn.Module):
    """Sees a frame and the one before it."""

    def __init__(self, width):
        super().__init__()
        sizes = (2 * width, width, width)
        layers = []
        for size in sizes:
            layers += [torch.nn.Conv2d(size, width, 3, padding=1), torch.nn.ReLU()]
        self.conv = torch.nn.Sequential(*layers[:-1])

    def forward(self, x_TCHW):
        before = torch.cat([torch.zeros_like(x_TCHW[:1]), x_TCHW[:-1]])
        return F.relu(self.conv(torch.cat([x_TCHW, before], 1)) + x_TCHW)


class OverTime(torch.nn.Module):
    """Frames to channels and back: `pool` frames become one, or one becomes `grow`."""

    def __init__(self, width, pool=1, grow=1):
        super().__init__()
        self.pool, self.grow, self.width = pool, grow, width
        self.conv = torch.nn.Conv2d(width * pool, width * grow, 1, bias=False)

    def forward(self, x_TCHW):
        h, w = x_TCHW.shape[2:]
        return self.conv(x_TCHW.reshape(-1, self.width * self.pool, h, w)).reshape(-1, self.width, h, w)


class Soft(torch.nn.Module):
    def forward(self, x):
        return 3 * torch.tanh(x / 3)


def kernel(size, width, **options):
    return torch.nn.Conv2d(size, width, 3, padding=1, **options)


class Tiny(torch.nn.Module):
    def __init__(self, channels, patch, width, widths):
        super().__init__()
        self.patch, pixels = patch, 3 * patch * patch
        encoder = [kernel(pixels, width), torch.nn.ReLU()]
        for pool in (2, 2, 1):
            encoder += [OverTime(width, pool=pool), kernel(width, width, stride=2, bias=False), *[Block(width) for _ in range(3)]]
        self.encoder = torch.nn.Sequential(*encoder, kernel(width, channels))
        decoder = [Soft(), kernel(channels, widths[0]), torch.nn.ReLU()]
        for i, grow in enumerate((1, 2, 2)):
            decoder += [Block(widths[i]) for _ in range(3)]
            decoder += [torch.nn.Upsample(scale_factor=2), OverTime(widths[i], grow=grow), kernel(widths[i], widths[i + 1], bias=False)]
        self.decoder = torch.nn.Sequential(*decoder, torch.nn.ReLU(), kernel(widths[-1], pixels))

    def encode(self, x_TCHW):
        """Pixels from 0 to 1; the last frame stands for those behind it."""
        more = -len(x_TCHW) % 4
        x = torch.cat([x_TCHW, x_TCHW[-1:].expand(more, -1, -1, -1)])
        return self.encoder(F.pixel_unshuffle(x, self.patch))

    def decode(self, z_TCHW):
        return F.pixel_shuffle(self.decoder(z_TCHW), self.patch).clamp(0, 1)[3:]


def published(checkout, name, channels, patch):
    """The largest difference from the published code, of the same random weights."""
    spec = importlib.util.spec_from_file_location("taehv", pathlib.Path(checkout) / "taehv.py")
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    theirs = code.TAEHV(checkpoint_path=None, patch_size=patch, latent_channels=channels).eval()
    ours = Tiny(channels, patch, 64, [256, 128, 64, 64])
    randomise(ours, 9)
    theirs.load_state_dict(ours.state_dict())
    x = torch.rand(9, 3, 32, 48, generator=torch.Generator().manual_seed(8))
    z = normal(7, 3, channels, 4, 6)
    for made, wanted in (
        (ours.encode(x), theirs.encode_video(x[None], show_progress_bar=False)[0]),
        (ours.decode(z), theirs.decode_video(z[None], show_progress_bar=False)[0]),
        (ours.decode(z), theirs.decode_video(z[None], parallel=False, show_progress_bar=False)[0]),
    ):
        assert made.shape == wanted.shape
        print(f"{name}: {(made - wanted).abs().max():.1e} from the published code, of {wanted.abs().max():.1f}")


def make(name, seed, height, width, patch):
    tiny = randomise(Tiny(4, patch, 8, [16, 12, 8, 8]), seed)
    # So that few pixels are cut off at black or white, and blocks do something.
    tiny.decoder[-1].bias.add_(0.5)
    tiny.decoder[-1].weight.mul_(0.15)
    tiny.half().float()
    generator = torch.Generator().manual_seed(seed + 1)
    pixels = torch.randint(0, 256, (1, 3, 9, height, width), generator=generator, dtype=torch.uint8)
    x = pixels[0].transpose(0, 1) / 255
    z = normal(seed + 2, 3, 4, height // (8 * patch), width // (8 * patch)) * 1.5
    decoded = tiny.decode(z)
    assert decoded.shape[0] == 9
    torch.testing.assert_close(tiny.decode(z[:2]), decoded[:5])
    cut = ((decoded == 0) | (decoded == 1)).float().mean()
    print(f"{name}: {cut:.3f} cut off, spread {decoded.std():.2f}; latents {tiny.encode(x).std():.2f}")
    clip = lambda t: t.transpose(0, 1)[None]
    write(
        name,
        None,
        {"x": pixels, "z": clip(z), "encoded": clip(tiny.encode(x)), "one.encoded": clip(tiny.encode(x[:1])),
         "decoded": (clip(decoded) * 2 - 1)[..., ::3, ::5]},
        seed,
        "reference/make_taehv.py",
    )
    weights = OUT / name / "taew.safetensors"
    save_file({k: v.half().contiguous() for k, v in tiny.state_dict().items()}, weights)
    weights.chmod(0o644)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkout", help="a checkout of github.com/madebyollin/taehv")
    arguments = parser.parse_args()
    if arguments.checkout:
        published(arguments.checkout, "taew2_1", 16, 1)
        published(arguments.checkout, "taew2_2", 48, 2)
    shutil.rmtree(OUT / "taehv", ignore_errors=True)
    make("taehv/w21", 61, 48, 56, 1)
    make("taehv/w22", 62, 48, 64, 2)
