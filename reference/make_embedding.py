"""Makes core/src/test/resources/reference/embedding: words of textual inversion for the tiny model of make_animatediff.py.

    zog.safetensors        diffusers' form, one vector
    blurred.safetensors    kohya's form (emb_params), three vectors; the file's name is the word
    PROMPT.hidden          what the reference's text encoder makes of prompts with them
"""

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file

from common import OUT, normal, write

PROMPTS = {
    "first": "a photo of <zog> on a table",
    "both": "<zog>, blurred, a cat",
    "end": "a cat, blurred",
}


def main():
    folder = OUT / "embedding"
    folder.mkdir(parents=True, exist_ok=True)
    one, three = normal(70, 1, 16), normal(71, 3, 16)
    save_file({"<zog>": one}, folder / "zog.safetensors")
    save_file({"emb_params": three}, folder / "blurred.safetensors")
    pipe = StableDiffusionPipeline.from_pretrained(OUT / "animatediff/model", safety_checker=None)
    pipe.load_textual_inversion({"<zog>": one})
    pipe.load_textual_inversion({"blurred": three})
    out = {}
    for name, prompt in PROMPTS.items():
        out[f"{name}.hidden"] = pipe.encode_prompt(prompt, "cpu", 1, False)[0]
    write("embedding", None, out, 70, "reference/make_embedding.py")


main()
