"""What the makers of parity fixtures share. See reference/README.md."""

import copy
import pathlib
import platform

import diffusers
import torch
import transformers
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "core/src/test/resources/reference"

torch.use_deterministic_algorithms(True)
torch.set_grad_enabled(False)


def normal(seed, *shape, std=1.0):
    """Normal numbers that depend on the seed and the shape only."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) * std


def randomise(module, seed, spread=0.15):
    """Gives every parameter random values, so that none is left at zero or one and all of them count.

    Matrices and kernels keep the variance of what passes through; scales lie about 1, biases about 0.
    """
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(module.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() > 1:
            parameter.copy_(noise / parameter[0].numel() ** 0.5)
        elif name.endswith("weight"):
            parameter.copy_(1 + spread * noise)
        else:
            parameter.copy_(spread * noise)
    return module.eval()


def write(name, module, tensors, seed, how=None):
    """Writes a fixture: a component in its real layout, and what goes in and comes out of it.

    name     folder below core/src/test/resources/reference
    module   saved by its own save_pretrained; None for tensors alone
    tensors  by name: inputs, outputs, intermediate activations
    """
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    if module is not None:
        module.save_pretrained(folder, safe_serialization=True)
    metadata = {
        "made_by": how or f"reference/make_{name.split('/')[0]}.py",
        "seed": str(seed),
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "python": platform.python_version(),
    }
    tensors = {k: v.detach().contiguous().clone() for k, v in tensors.items()}
    save_file(tensors, folder / "io.safetensors", metadata=metadata)
    for file in folder.iterdir():
        file.chmod(0o755 if file.is_dir() else 0o644)
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    print(f"{name}: {size / 1024:.0f} KiB")


def halved(module):
    """A copy in bf16: the reference's own half precision."""
    return copy.deepcopy(module).to(torch.bfloat16)


def bf16(*tensors):
    """Tensors in bf16."""
    return [t.to(torch.bfloat16) for t in tensors]


def keep(module, name, into):
    """Keeps a submodule's output under a name, as the module is run."""

    def hook(_module, _inputs, output):
        into[name] = output[0] if isinstance(output, tuple) else output

    return dict(module.named_modules())[name].register_forward_hook(hook)
