"""What tests share about pictures."""

import json
import math

import numpy as np
from PIL import Image


def description(file):
    with Image.open(file) as picture:
        return json.loads(picture.info["Description"])


def differences(old, new):
    """What two picture files show differently, in words, or an empty list."""
    befores, nows = description(old), description(new)
    found = []
    for part in befores | nows:
        before, now = befores.get(part, []), nows.get(part, [])
        if len(before) != len(now) or not all(map(alike, before, now)):
            found.append(f"{part}: {before} in the picture, {now} drawn now")
    before, now = coarse(old), coarse(new)
    rows, columns = np.minimum(before.shape, now.shape)[:2]  # one may have a pixel more
    difference = now[:rows, :columns] - before[:rows, :columns]
    # Letters and lines are a little different in each version of matplotlib: 0.062 at
    # most, between 3.8 and 3.11. The pictures of steps 11 and 12 differ by 0.08
    if np.sqrt(np.mean(difference**2)) > 0.07:
        found.append("it looks different")
    return found


def alike(old, new):
    if isinstance(old, str) or isinstance(new, str):
        return old == new
    return math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-6)


def coarse(file):
    """The mean colours, from 0 to 1, of squares of 20 by 20 pixels."""
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("RGB")) / 255
    height, width = np.array(pixels.shape[:2]) // 20
    squares = pixels[: height * 20, : width * 20]
    return squares.reshape(height, 20, width, 20, 3).mean(axis=(1, 3))
