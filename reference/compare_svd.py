"""The network of Stable Video Diffusion in full size beside diffusers', on one machine, in turns.

    python reference/compare_svd.py [--size 448x256] [--frames 14] [--dtype f32|bf16] [--passes 2] [--zoetrope "COMMAND"]

Weights are random, read by both from the same files. Each run is a process of its own. --zoetrope is what starts `bench`; by default the jar
of this repository. A pass of the network is one clip, without guidance. Prints seconds of the first and the last pass, peak memory, and how far
the answer is from the reference's (rms). Of the decoder: compare_wan_vae.py --version svd.
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
from compare_wan import spread


def write(folder, options):
    import torch
    from diffusers import UNetSpatioTemporalConditionModel
    from safetensors.torch import save_file

    dtype = torch.bfloat16 if options.dtype == "bf16" else torch.float32
    width, height = (int(side) // 8 for side in options.size.split("x"))
    generator = torch.Generator().manual_seed(3)
    draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    given = {
        "z": draw(1, 8, options.frames, height, width), "t": torch.tensor([0.6]), "pictures": draw(1, 1, 1024),
        "ids": torch.tensor([[6.0, 127.0, 0.02]]),
    }  # fmt: skip
    with torch.device("meta"):
        model = UNetSpatioTemporalConditionModel(num_attention_heads=(5, 10, 20, 20))
    model = model.to(dtype).to_empty(device="cpu")
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread(name, parameter)
    model.save_pretrained(folder / "unet", max_shard_size="60GB")
    save_file(given, folder / "inputs.safetensors")


def reference(folder, options):
    import torch
    from diffusers import UNetSpatioTemporalConditionModel
    from safetensors.torch import load_file, save_file

    dtype = torch.bfloat16 if options.dtype == "bf16" else torch.float32
    given = load_file(folder / "inputs.safetensors")
    model = UNetSpatioTemporalConditionModel.from_pretrained(folder / "unet", torch_dtype=dtype).eval()
    seconds = []
    with torch.no_grad():
        for _ in range(options.passes):
            begin = time.perf_counter()
            out = model(given["z"].transpose(1, 2).to(dtype), given["t"], given["pictures"].to(dtype), given["ids"]).sample
            seconds.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    given["out"] = out.transpose(1, 2).float()
    save_file({k: v.contiguous() for k, v in given.items()}, folder / "answered.safetensors")
    print(json.dumps({"first_s": seconds[0], "pass_s": seconds[-1], "peak_rss_mb": peak}))


def zoetrope(folder, options):
    file = folder / "result.json"
    words = [
        *shlex.split(options.zoetrope), "network", "--model", folder / "unet", "--inputs", folder / "answered.safetensors", "--dtype", options.dtype,
        "--passes", str(options.passes), "--json", file,
    ]  # fmt: skip
    subprocess.run(words, env=dict(os.environ) | LAUNCHER, stdout=subprocess.DEVNULL, check=True)
    return dict(json.loads(file.read_text())["table"]["rows"])


def main():
    home = os.environ.get("JAVA_HOME")
    java = shlex.quote(f"{home}/bin/java") if home else "java"
    jar = f"{java} --enable-native-access=ALL-UNNAMED -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 -jar {ROOT / 'bench/target/zoetrope-bench.jar'}"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="448x256")
    parser.add_argument("--frames", type=int, default=14)
    parser.add_argument("--dtype", choices=["bf16", "f32"], default="f32")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--zoetrope", default=jar, help="command that starts bench")
    parser.add_argument("--folder", type=pathlib.Path, help="where files are written; a temporary folder if left out")
    parser.add_argument("--run-reference", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run_reference:
        reference(options.run_reference, options)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = pathlib.Path(name)
        write(folder, options)
        words = [sys.executable, __file__, "--run-reference", str(folder), "--dtype", options.dtype, "--passes", str(options.passes)]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
        print("reference", done.stdout.decode().splitlines()[-1], flush=True)
        print("zoetrope ", json.dumps(zoetrope(folder, options)), flush=True)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
