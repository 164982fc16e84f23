"""taesd/usual, taesd/other: AutoencoderTiny as TAESD configures it, narrow, and with other numbers of blocks and resolutions.

Every parameter is random, in half precision. Clips are of two frames. names.json says what TAESD's own code calls the same weights: a
layer's number in the file of its half. `--checkout DIR` holds diffusers to the published code, in its own widths.
"""

import argparse
import importlib.util
import json
import pathlib
import shutil

import torch
from diffusers import AutoencoderTiny

from common import OUT, normal, randomise, write


def original(name):
    """The half and the name in the file of it: the decoder's first layer there has no weights."""
    half, _, layer, rest = name.split(".", 3)
    return f"{half}:{int(layer) + (half == 'decoder')}.{rest}"


def published(checkout):
    """The largest difference from the published code, of the same random weights."""
    spec = importlib.util.spec_from_file_location("taesd", pathlib.Path(checkout) / "taesd.py")
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    vae = randomise(AutoencoderTiny(), 9)
    theirs = {"encoder": code.Encoder().eval(), "decoder": code.Decoder().eval()}
    for half, network in theirs.items():
        own = {original(n).split(":")[1]: v for n, v in vae.state_dict().items() if n.startswith(half)}
        network.load_state_dict(own)
    x = torch.rand(2, 3, 48, 40, generator=torch.Generator().manual_seed(8))
    z = normal(7, 2, 4, 6, 5)
    for made, wanted in (
        (vae.encode(x * 2 - 1).latents, theirs["encoder"](x)),
        (vae.decode(z).sample, theirs["decoder"](z) * 2 - 1),
    ):
        assert made.shape == wanted.shape
        print(f"{(made - wanted).abs().max():.1e} from the published code, of {wanted.abs().max():.1f}")


def make(name, seed, height, width, **config):
    vae = randomise(AutoencoderTiny(**config), seed)
    vae.half().float()
    factor = 2 ** (len(vae.config.num_decoder_blocks) - 1)
    x = normal(seed + 1, 2, 3, height, width).tanh()
    z = normal(seed + 2, 2, vae.config.latent_channels, height // factor, width // factor) * 1.5
    encoded, decoded = vae.encode(x).latents, vae.decode(z).sample
    print(f"{name}: encoded {encoded.std():.2f}, decoded {decoded.std():.2f}")
    clip = lambda t: t.transpose(0, 1)[None]
    write(
        name, vae.half(), {"x": clip(x), "z": clip(z), "encoded": clip(encoded), "decoded": clip(decoded)}, seed,
        "reference/make_taesd.py",
    )
    names = {n: original(n) for n in vae.state_dict()}
    (OUT / name / "names.json").write_text(json.dumps(names, indent=0) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkout", help="a checkout of github.com/madebyollin/taesd")
    arguments = parser.parse_args()
    if arguments.checkout:
        published(arguments.checkout)
    shutil.rmtree(OUT / "taesd", ignore_errors=True)
    make("taesd/usual", 71, 40, 24, encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4)
    make(
        "taesd/other", 72, 20, 12, latent_channels=16, encoder_block_out_channels=(8,) * 3, num_encoder_blocks=(2, 1, 2),
        decoder_block_out_channels=(12,) * 3, num_decoder_blocks=(1, 2, 3),
    )
