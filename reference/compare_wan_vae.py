"""The decoder of Wan's video autoencoders, or Stable Video Diffusion's, in full size beside diffusers', on one machine, in turns.

    python reference/compare_wan_vae.py [--version 2.1|2.2|svd|taew2_1|taew2_2] [--size 320x192] [--latents 5] [--rounds 1] [--zoetrope "COMMAND"]

Weights are random. TAEHV is the restatement of make_taehv.py, in the widths of the released files. Each run is a process of its own. --zoetrope is what starts `bench`; by default the jar of this repository. Prints
seconds by the clock, peak memory, and how far the frames are from the reference's, by the largest.
"""

import argparse
import json
import os
import pathlib
import resource
import shlex
import subprocess
import sys
import tempfile
import time

from compare import LAUNCHER, ROOT

CONFIGS = {
    "2.1": {},
    "2.2": {
        "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "is_residual": True, "in_channels": 12, "out_channels": 12,
        "patch_size": 2, "scale_factor_spatial": 16, "latents_mean": [0.0] * 48, "latents_std": [1.0] * 48,
    },
    "svd": {
        "down_block_types": ("DownEncoderBlock2D",) * 4, "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2,
        "sample_size": 768,
    },
    "taew2_1": {"channels": 16, "patch": 1},
    "taew2_2": {"channels": 48, "patch": 2},
}  # fmt: skip


def tiny(version):
    from make_taehv import Tiny

    return Tiny(**CONFIGS[version], width=64, widths=[256, 128, 64, 64])


def write_tiny(folder, options):
    import torch
    from safetensors.torch import save_file

    vae = tiny(options.version)
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in vae.parameters():
            if parameter.dim() > 2:
                parameter.normal_(std=parameter[0].numel() ** -0.5)
    save_file(vae.state_dict(), folder / "vae")
    width, height = map(int, options.size.split("x"))
    config = CONFIGS[options.version]
    space = 8 * config["patch"]
    save_file({"latents": torch.randn(1, config["channels"], options.latents, height // space, width // space)}, folder / "z.safetensors")


def reference_tiny(folder, version):
    import torch
    from safetensors.torch import load_file, save_file

    vae = tiny(version)
    vae.load_state_dict(load_file(folder / "vae"))
    given = load_file(folder / "z.safetensors")
    z = given["latents"][0].transpose(0, 1).contiguous()
    begin = time.perf_counter(), time.process_time()
    with torch.no_grad():
        x = vae.decode(z)
    seconds, cpu = time.perf_counter() - begin[0], time.process_time() - begin[1]
    save_file(given | {"decoded": (x.transpose(0, 1)[None] * 2 - 1).contiguous()}, folder / "decoded.safetensors")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"decode_s": seconds, "cpu_s": cpu, "peak_rss_mb": peak}))


def write(folder, options):
    if options.version.startswith("taew"):
        return write_tiny(folder, options)
    import torch
    from diffusers import AutoencoderKLTemporalDecoder, AutoencoderKLWan
    from safetensors.torch import save_file

    torch.manual_seed(1)
    svd = options.version == "svd"
    vae = (AutoencoderKLTemporalDecoder if svd else AutoencoderKLWan)(**CONFIGS[options.version])
    for name, parameter in vae.named_parameters():
        if parameter.dim() > 2 and not name.endswith("gamma"):
            parameter.data.normal_(std=parameter[0].numel() ** -0.5)
    vae.decoder.conv_out.weight.data.mul_(0.1)
    vae.save_pretrained(folder / "vae")
    width, height = map(int, options.size.split("x"))
    space, channels = (8, 4) if svd else (vae.config.scale_factor_spatial, vae.config.z_dim)
    latents = torch.randn(1, channels, options.latents, height // space, width // space)
    if svd:
        z = latents / vae.config.scaling_factor
    else:
        mean, std = (torch.tensor(v).view(1, -1, 1, 1, 1) for v in (vae.config.latents_mean, vae.config.latents_std))
        z = latents * std + mean
    save_file({"z": z, "latents": latents}, folder / "z.safetensors")


def reference(folder, version):
    if version.startswith("taew"):
        return reference_tiny(folder, version)
    import torch
    from diffusers import AutoencoderKLTemporalDecoder, AutoencoderKLWan
    from safetensors.torch import load_file, save_file

    svd = "TemporalDecoder" in json.loads((folder / "vae/config.json").read_text())["_class_name"]
    vae = (AutoencoderKLTemporalDecoder if svd else AutoencoderKLWan).from_pretrained(folder / "vae")
    given = load_file(folder / "z.safetensors")
    z = given["z"]
    begin = time.perf_counter(), time.process_time()
    with torch.no_grad():
        if svd:
            x = vae.decode(z[0].transpose(0, 1).contiguous(), num_frames=z.shape[2]).sample.transpose(0, 1)[None]
        else:
            x = vae.decode(z).sample
    seconds, cpu = time.perf_counter() - begin[0], time.process_time() - begin[1]
    save_file(given | {"decoded": x.contiguous()}, folder / "decoded.safetensors")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"decode_s": seconds, "cpu_s": cpu, "peak_rss_mb": peak}))


def zoetrope(folder, command):
    file = folder / "result.json"
    words = [*shlex.split(command), "vae", "--model", folder / "vae", "--latents", folder / "decoded.safetensors", "--json", file]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=dict(os.environ) | LAUNCHER, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows = dict(json.loads(file.read_text())["table"]["rows"])
    return rows | {"cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def main():
    home = os.environ.get("JAVA_HOME")
    java = shlex.quote(f"{home}/bin/java") if home else "java"
    jar = f"{java} --enable-native-access=ALL-UNNAMED -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 -jar {ROOT / 'bench/target/zoetrope-bench.jar'}"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", choices=CONFIGS, default="2.1")
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--latents", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--zoetrope", default=jar, help="command that starts bench")
    parser.add_argument("--run-reference", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run_reference:
        reference(options.run_reference, options.version)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder, options)
        for _ in range(options.rounds):
            words = [sys.executable, __file__, "--run-reference", str(folder), "--version", options.version]
            done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
            print("reference", done.stdout.decode().splitlines()[-1], flush=True)
            print("zoetrope ", json.dumps(zoetrope(folder, options.zoetrope)), flush=True)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
