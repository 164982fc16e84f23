"""annotators: what OpenCV draws of four small pictures, for io.zoetrope.pixels.

Canny after a Gauss of 5x5; and the simple lineart and scribble that programs for pictures know as
"standard" and "xdog", whose few lines stand here (there the median is that of each picture).
"""

import cv2
import numpy as np
import torch

from common import write

HEIGHT, WIDTH = 44, 57


def pictures():
    """Shapes on a slope of grey, with and without noise, bytes [F, H, W, 3]."""
    generator = np.random.default_rng(7)
    all = []
    for f in range(4):
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        picture[:] = np.linspace(40, 190, WIDTH)[None, :, None]
        cv2.circle(picture, (16 + 5 * f, 18), 10, (220, 60, 30), -1, cv2.LINE_AA)
        cv2.rectangle(picture, (33, 20 + f), (50, 37), (30, 160, 240), -1)
        cv2.line(picture, (2, 40 - 3 * f), (30, 30), (10, 10, 10), 1, cv2.LINE_AA)
        if f > 1:
            noise = generator.normal(0, 18, picture.shape)
            picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        all.append(picture)
    return np.stack(all)


def canny(picture):
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.Canny(cv2.GaussianBlur(grey, (5, 5), 0), 100, 200)


def lineart(video):
    x = video.astype(np.float32)
    g = np.stack([cv2.GaussianBlur(frame, (0, 0), 6.0) for frame in x])
    dark = np.min(g - x, axis=3).clip(0, 255)
    dark /= max(16, np.median(dark[dark > 8]))
    return (dark * 127).clip(0, 255)


def scribble(picture):
    x = picture.astype(np.float32)
    g1, g2 = cv2.GaussianBlur(x, (0, 0), 0.5), cv2.GaussianBlur(x, (0, 0), 5.0)
    return np.where(np.min(g2 - g1, axis=2) > 16, 255, 0)


if __name__ == "__main__":
    video = pictures()
    tensors = {
        "pictures": torch.from_numpy(video).permute(0, 3, 1, 2).float() / 255,
        "canny": torch.from_numpy(np.stack([canny(p) for p in video])).float() / 255,
        "lineart": torch.from_numpy(lineart(video)).float() / 255,
        "scribble": torch.from_numpy(np.stack([scribble(p) for p in video])).float() / 255,
    }
    write("annotators", None, tensors, 7, f"reference/make_annotators.py, OpenCV {cv2.__version__}")
