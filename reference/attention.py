"""torch's own attention at the shapes of `bench attention`, to lay beside it: f32, best of some runs.

    python reference/attention.py [--threads N] [--seconds S]
"""

import argparse
import time

import torch

TOKENS = 65536


def best(body, seconds):
    body()
    times, begun = [], time.perf_counter()
    while len(times) < 2 or time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
    roof = 2 * 2048**3 / best(lambda: a @ b, 2)
    print(f"torch {torch.__version__}, products {roof / 1e9:.0f} GFLOP/s")
    print("| length | head size | ms | GFLOP/s | of products | backward ms |\n| --- | --- | ---: | ---: | ---: | ---: |")
    for length in (256, 1024, 4096, 16384, 32768):
        for size in (40, 64, 80, 128):
            every = TOKENS // length
            heads = min(8, every)
            q, k, v, g = (torch.randn(every // heads, heads, length, size) for _ in range(4))
            with torch.no_grad():
                forward = best(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v), args.seconds)
            backward = "-"
            if length < 16384:
                for t in (q, k, v):
                    t.requires_grad_(True)
                both = best(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v).backward(g), args.seconds)
                backward = f"{(both - forward) * 1e3:.0f}"
            flops = 4 * TOKENS * length * size
            print(
                f"| {length} | {size} | {forward * 1e3:.0f} | {flops / forward / 1e9:.0f} | {flops / forward / roof:.2f} "
                f"| {backward} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
