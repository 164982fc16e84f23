"""Zoetrope beside the reference on one machine: one table of ratios.

    python reference/compare.py --model FOLDER [--zoetrope "COMMAND"] [--modes f32,bf16,auto] [--compiled] [--rounds 3]

FOLDER is an AnimateDiff pipeline in the layout of diffusers (make_full.py). Each run is a process of its own, so that start,
loading and memory count from nothing; the sides take turns, and the one that goes first changes from round to round. Times are
medians over the rounds; a ratio is Zoetrope's figure by the reference's, so below 1 is less time or memory. --zoetrope is what starts
`bench`; by default the jar of this repository, with the Java of JAVA_HOME. Modes: the dtype of Zoetrope, held against the reference in the same dtype;
`auto` is held against the reference's default, f32. --compiled also runs the reference under torch.compile.
"""

import argparse
import json
import os
import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What ./zoetrope sets: docs/numerics.md, docs/memory.md.
LAUNCHER = {
    "OMP_WAIT_POLICY": "passive",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}
PROMPT = "a red ball moves right"
PARTS = {
    "load_s": "load",
    "ready_s": "start to the first step's beginning",
    "start_to_first_step_s": "start to the first step's end",
    "first_step_s": "first step",
    "step_s": "each later step",
    "decode_s": "decode",
    "clip_s": "clip, model loaded",
    "whole_s": "whole process",
    "peak_rss_mb": "peak RSS, MB",
}


def started():
    """When this process started, by the clock of time.time(): the interpreter and its imports count."""
    ticks = int(pathlib.Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    uptime = float(pathlib.Path("/proc/uptime").read_text().split()[0])
    return time.time() - (uptime - ticks / os.sysconf("SC_CLK_TCK"))


def reference(options):
    """One run of the reference, in this process; prints JSON."""
    start = started()
    import torch
    from diffusers import AnimateDiffPipeline

    if options.threads:
        torch.set_num_threads(options.threads)
    clock = time.process_time if options.clock == "cpu" else time.perf_counter
    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[options.dtype]
    begin = clock()
    pipe = AnimateDiffPipeline.from_pretrained(options.model, torch_dtype=dtype)
    pipe.set_progress_bar_config(disable=True)
    load = clock() - begin
    if options.compiled:
        pipe.unet = torch.compile(pipe.unet)
    begin = clock()
    with torch.no_grad():
        pipe.encode_prompt(PROMPT, "cpu", 1, True, "")
    text = clock() - begin
    at, first_wall = [], []

    def on_step(_pipe, _index, _t, kwargs):
        at.append(clock())
        if not first_wall:
            first_wall.append(time.time() - start)
        return kwargs

    ready = time.time() - start
    begin = clock()
    latents = pipe(
        PROMPT,
        num_frames=options.frames,
        height=options.size,
        width=options.size,
        num_inference_steps=options.steps,
        guidance_scale=options.guidance,
        generator=torch.Generator().manual_seed(1),
        callback_on_step_end=on_step,
        output_type="latent",
    ).frames
    sampled = clock()
    with torch.no_grad():
        video = pipe.decode_latents(latents)
        pipe.video_processor.postprocess_video(video=video, output_type="np")
    decoded = clock()
    later = [b - a for a, b in zip(at, at[1:])]
    print(
        json.dumps(
            {
                "load_s": load,
                "text_s": text,
                "ready_s": ready,
                "start_to_first_step_s": first_wall[0],
                "first_step_s": at[0] - begin,
                "step_s": statistics.median(later),
                "decode_s": decoded - sampled,
                "clip_s": decoded - begin,
                "whole_s": time.time() - start,
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def settings(options, dtype):
    return [
        "--model", options.model, "--dtype", dtype, "--frames", str(options.frames), "--size", str(options.size),
        "--steps", str(options.steps), "--guidance", str(options.guidance), "--threads", str(options.threads),
        "--clock", options.clock,
    ]  # fmt: skip


def environment(options):
    here = dict(os.environ)
    if options.threads:
        here |= {"OMP_NUM_THREADS": str(options.threads), "OPENBLAS_NUM_THREADS": str(options.threads)}
    return here


def run_reference(options, dtype, compiled):
    words = [sys.executable, __file__, "--run-reference", *settings(options, dtype)]
    done = subprocess.run(
        words + (["--compiled"] if compiled else []), env=environment(options), stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout.decode().splitlines()[-1])


def run_zoetrope(options, dtype):
    here = environment(options) | LAUNCHER
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "result.json"
        words = [*shlex.split(options.zoetrope), "checkpoint", *settings(options, dtype), "--json", str(file)]
        subprocess.run(words, env=here, stdout=subprocess.DEVNULL, check=True)
        rows = json.loads(file.read_text())["table"]["rows"]
        return dict(rows)


def pairs(options):
    """What is held against what: (title, Zoetrope's dtype, the reference's dtype, compiled)."""
    for mode in options.modes.split(","):
        own = "f32" if mode == "auto" else mode
        yield f"{mode} against the reference's {own}, eager", mode, own, False
        if options.compiled:
            yield f"{mode} against the reference's {own}, compiled", mode, own, True


def compare(options):
    results = []
    for title, ours, theirs, compiled in pairs(options):
        sides = {
            "zoetrope": lambda ours=ours: run_zoetrope(options, ours),
            "reference": lambda theirs=theirs, compiled=compiled: run_reference(options, theirs, compiled),
        }
        runs = {name: [] for name in sides}
        for round_ in range(options.rounds):
            order = list(sides) if round_ % 2 == 0 else list(reversed(sides))
            for name in order:
                print(f"{title}: {name}, round {round_ + 1} of {options.rounds}", file=sys.stderr, flush=True)
                runs[name].append(sides[name]())
        results.append({"title": title, "runs": runs})
        print(f"\n{title}\n")
        print(f"| {'part':<36} | zoetrope | reference | ratio | ratios of rounds |\n| --- | ---: | ---: | ---: | --- |")
        for part, label in PARTS.items():
            own = [r[part] for r in runs["zoetrope"]]
            other = [r[part] for r in runs["reference"]]
            ratios = " ".join(f"{a / b:.2f}" for a, b in zip(own, other))
            a, b = statistics.median(own), statistics.median(other)
            print(f"| {label:<36} | {a:.2f} | {b:.2f} | {a / b:.2f} | {ratios} |", flush=True)
    print(f"\nload at the end: {os.getloadavg()[0]:.1f}")
    if options.json:
        words = vars(options) | {"json": str(options.json)}
        options.json.write_text(json.dumps({"options": words, "results": results}, indent=2) + "\n")


def main():
    home = os.environ.get("JAVA_HOME")
    java = shlex.quote(f"{home}/bin/java") if home else "java"
    jar = f"{java} --enable-native-access=ALL-UNNAMED -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 -jar {ROOT / 'bench/target/zoetrope-bench.jar'}"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--zoetrope", default=jar, help="command that starts bench")
    parser.add_argument("--modes", default="f32,bf16,auto")
    parser.add_argument("--compiled", action="store_true", help="also hold against torch.compile")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--guidance", type=float, default=7.5)
    parser.add_argument("--threads", type=int, default=0, help="0: what each side takes by itself")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--dtype", default="f32", help=argparse.SUPPRESS)
    parser.add_argument("--run-reference", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    reference(options) if options.run_reference else compare(options)


if __name__ == "__main__":
    main()
