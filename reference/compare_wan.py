"""A transformer of Wan in full size beside diffusers', on one machine, in turns.

    python reference/compare_wan.py [--shape 1.3B] [--size 320x192] [--frames 17] [--dtype bf16] [--passes 2] [--compiled] [--zoetrope "COMMAND"]
    python reference/compare_wan.py --shape 14B --quantised Q8_0 [--zoetrope "COMMAND"] [--sdcpp PROGRAM]

Weights are random, read by both from the same files. Each run is a process of its own. --zoetrope is what starts `bench`; by default the jar
of this repository. The second form writes a GGUF file of random blocks, which Zoetrope runs, and stable-diffusion.cpp where --sdcpp names a built
sdcpp_wan_pass (reference/README.md). Prints seconds of the first and the last pass, peak
memory, and how far the answer is from the reference's (rms).
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

SHAPES = {
    "tiny": dict(num_attention_heads=1, num_layers=2, ffn_dim=256, text_dim=4096),
    "mid": dict(num_attention_heads=12, num_layers=4, ffn_dim=8960),
    "1.3B": dict(num_attention_heads=12, num_layers=30, ffn_dim=8960),
    "14B": dict(num_attention_heads=40, num_layers=40, ffn_dim=13824),
}


def inputs(options):
    import torch

    width, height = map(int, options.size.split("x"))
    generator = torch.Generator().manual_seed(3)
    z = torch.randn(1, 16, (options.frames - 1) // 4 + 1, height // 8, width // 8, generator=generator)
    text = torch.zeros(1, 512, 4096)
    text[:, :40] = torch.randn(1, 40, 4096, generator=generator) * 0.2
    return {"z": z, "t": torch.tensor([611.0]), "text": text}


def spread(name, parameter):
    """Values that keep the variance of what passes through."""
    if "norm" in name and name.endswith("weight"):
        parameter.fill_(1)
    elif parameter.dim() > 1 and "table" not in name:
        parameter.normal_(std=parameter[0].numel() ** -0.5)
    else:
        parameter.normal_(std=0.02)


def write(folder, options):
    import torch
    from diffusers import WanTransformer3DModel
    from safetensors.torch import save_file

    dtype = torch.bfloat16 if options.dtype == "bf16" else torch.float32
    with torch.device("meta"):
        model = WanTransformer3DModel(**SHAPES[options.shape])
    model = model.to(dtype).to_empty(device="cpu")
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread(name, parameter)
    model.save_pretrained(folder / "transformer", max_shard_size="60GB")
    save_file(inputs(options), folder / "inputs.safetensors")


def quantised(folder, options):
    """A GGUF file by the first code's names: random blocks of Q8_0 for matrices, f32 for the rest."""
    import gguf
    import numpy
    import torch
    from diffusers import WanTransformer3DModel
    from safetensors.torch import save_file

    with torch.device("meta"):
        shapes = {name: tuple(p.shape) for name, p in WanTransformer3DModel(**SHAPES[options.shape]).named_parameters()}
    from wan_names import first

    writer = gguf.GGUFWriter(str(folder / "wan.gguf"), "wan", use_temp_file=False)
    random = numpy.random.default_rng(2)
    for name, shape in shapes.items():
        if len(shape) == 2 and shape[1] % 32 == 0 and "table" not in name:
            blocks = numpy.empty((shape[0], shape[1] // 32, 34), dtype=numpy.uint8)
            blocks[..., 2:] = random.integers(0, 256, (shape[0], shape[1] // 32, 32), dtype=numpy.uint8)
            blocks[..., :2] = numpy.array([shape[1] ** -0.5 / 74], dtype=numpy.float16).view(numpy.uint8)
            writer.add_tensor(first(name), blocks.reshape(shape[0], -1), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            value = torch.empty(shape)
            spread(name, value)
            writer.add_tensor(first(name), value.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(inputs(options), folder / "inputs.safetensors")


def reference(folder, options):
    import torch
    from diffusers import WanTransformer3DModel
    from safetensors.torch import load_file, save_file

    dtype = torch.bfloat16 if options.dtype == "bf16" else torch.float32
    begin = time.perf_counter()
    model = WanTransformer3DModel.from_pretrained(folder / "transformer", torch_dtype=dtype).eval()
    load = time.perf_counter() - begin
    if options.compiled:
        model = torch.compile(model)
    given = load_file(folder / "inputs.safetensors")
    seconds = []
    with torch.no_grad():
        for _ in range(options.passes):
            begin = time.perf_counter()
            out = model(given["z"].to(dtype), given["t"], given["text"].to(dtype)).sample
            seconds.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if not options.compiled:
        save_file({k: v for k, v in given.items() if k != "out"} | {"out": out.float()}, folder / "answered.safetensors")
    print(json.dumps({"load_s": load, "first_s": seconds[0], "pass_s": seconds[-1], "peak_rss_mb": peak}))


def zoetrope(folder, model, given, options):
    file = folder / "result.json"
    words = [
        *shlex.split(options.zoetrope), "network", "--model", model, "--inputs", given, "--dtype", options.dtype, "--passes", str(options.passes),
        "--json", file,
    ]  # fmt: skip
    subprocess.run(words, env=dict(os.environ) | LAUNCHER, stdout=subprocess.DEVNULL, check=True)
    return dict(json.loads(file.read_text())["table"]["rows"])


def sdcpp(folder, options):
    from safetensors.torch import load_file

    given = load_file(folder / "inputs.safetensors")
    for name, tensor in given.items():
        tensor.float().numpy().tofile(folder / f"{name}.f32")
    (folder / "shape").write_text(" ".join(map(str, given["z"].shape[2:])))
    for flash in "01":
        words = [options.sdcpp, folder / "wan.gguf", folder, str(options.passes), str(os.cpu_count()), flash]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
        print("sd.cpp, fused attention" if flash == "1" else "sd.cpp   ", done.stdout.decode().splitlines()[-1], flush=True)


def main():
    home = os.environ.get("JAVA_HOME")
    java = shlex.quote(f"{home}/bin/java") if home else "java"
    jar = f"{java} --enable-native-access=ALL-UNNAMED -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 -jar {ROOT / 'bench/target/zoetrope-bench.jar'}"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="1.3B")
    parser.add_argument("--size", default="320x192")
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--dtype", choices=["bf16", "f32"], default="bf16")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--compiled", action="store_true", help="also the reference under torch.compile")
    parser.add_argument("--quantised", choices=["Q8_0"])
    parser.add_argument("--zoetrope", default=jar, help="command that starts bench")
    parser.add_argument("--sdcpp", type=pathlib.Path, help="with --quantised: the built sdcpp_wan_pass")
    parser.add_argument("--folder", type=pathlib.Path, help="where files are written; a temporary folder if left out")
    parser.add_argument("--run-reference", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run_reference:
        reference(options.run_reference, options)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = pathlib.Path(name)
        if options.quantised:
            quantised(folder, options)
            print("zoetrope ", json.dumps(zoetrope(folder, folder / "wan.gguf", folder / "inputs.safetensors", options)), flush=True)
            if options.sdcpp:
                sdcpp(folder, options)
            return
        write(folder, options)
        same = ["--dtype", options.dtype, "--passes", str(options.passes)]
        for more in [[]] + ([["--compiled"]] if options.compiled else []):
            words = [sys.executable, __file__, "--run-reference", str(folder), *same, *more]
            done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
            print("compiled " if more else "reference", done.stdout.decode().splitlines()[-1], flush=True)
        made = zoetrope(folder, folder / "transformer", folder / "answered.safetensors", options)
        print("zoetrope ", json.dumps(made), flush=True)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
