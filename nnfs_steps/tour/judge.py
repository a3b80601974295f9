"""Holds what a reader wrote against the step's own: judge.py STEP FILE FUNCTION...

The module trials calls both with the same arguments; here we compare what the calls have
done, up to the first that differs. We put a function among the step's own, so that we
know whose mistake it is. If it differs there, we judge its class as the reader wrote it:
the function may keep what another needs in another way. Last digits do not count, nor
does a change of inputs or dvalues, if it changes no result.

Exit status: 0 if all agree, 3 if one differs.
"""

import sys
import traceback
from pathlib import Path
from textwrap import shorten

import numpy as np

sys.path[:1] = [str(Path(__file__).parents[1])]  # not this folder: it has a runner, too
from tour.exercises import EMPTY  # noqa: E402
from tour.scripts import Script  # noqa: E402
from tour.trials import RESULT, calls, namespace  # noqa: E402

MAY_CHANGE = "inputs", "dvalues"  # most programs need them no more
NUMBERS = np.ndarray | np.generic | float | int


def difference(yours, own, samples, before):
    """What to say of two values, and both where they differ; None if they agree.

    before is what they were, if they have it from the trial, else None.
    """
    if isinstance(own, str):
        return None if yours == own else ("", yours, own)
    if not isinstance(own, NUMBERS):
        return None  # returning more than the step does no harm
    if yours is None:
        return ": return is missing", yours, own
    loose = getattr(yours, "dtype", "") == "float32"
    try:
        yours, own = np.asarray(yours, "float64"), np.asarray(own, "float64")
    except (TypeError, ValueError):
        return "", yours, own
    if yours.shape != own.shape:
        return "", f"shape {yours.shape}", f"shape {own.shape}"
    few = (1e-6 if loose else 1e-10) * np.max(np.abs(own), initial=1e-6)
    wrong = ~np.isclose(yours, own, 1e-4 if loose else 1e-6, few, equal_nan=True)
    if not wrong.any():
        return None
    head = factor(yours, own, samples)
    if before is not None:
        head = factor(yours - before, own - before, samples)
        head = head.replace("yours", "your change")
    if np.isnan(yours[wrong]).any():
        head += "; NaN, as from 0 / 0, log(-1) or inf - inf"
    if own.ndim:
        first = f"the first at {np.argwhere(wrong)[0].tolist()}"
        head = f": {wrong.sum()} of {own.size} numbers differ, {first}{head}"
    return head, np.squeeze(yours[wrong]), np.squeeze(own[wrong])


def factor(yours, own, samples):
    """What to say if all numbers are those of the step times another number."""
    ratios = yours[own != 0] / own[own != 0]
    same = ratios.size and np.allclose(ratios, ratios[0], 1e-5)
    if not same or yours[own == 0].any():
        return ""
    words = f"; yours is {ratios[0]:.4g} times the step's"
    if " 1 times" in words:  # it differs in more digits than we show
        return ""
    for power, word in (1, "N"), (-1, "1 / N"):
        if samples and np.isclose(abs(ratios[0]), samples**power):
            return f"{words}, and {word} is {samples**power:.4g}"
    return words * (own.size > 1)  # of one number it says nothing


def text(value, path=None):
    """A value in a line; or an error, with the last line of a file that led to it."""
    if isinstance(value, BaseException):
        frames = traceback.extract_tb(value.__traceback__)
        lines = [f" in line {f.lineno}" for f in frames if f.filename == str(path)]
        return f"{type(value).__name__}{''.join(lines[-1:])}: {value}"
    return shorten(" ".join(str(value).split()), 90, placeholder=" ...")


def first_difference(step, mine, name, keep):
    """The method and what to say of it; or None and what to say if all agree."""
    spaces = namespace(step, step), namespace(step, mine, keep)
    verdict, changed = "is tested by the program only", {}
    for method, place, samples, given, own, yours in calls(step, spaces, name):
        verdict, lines = "agrees", []
        if isinstance(yours[RESULT], BaseException):
            lines, own = [f"    {text(yours[RESULT], mine.path)}"], {}
        for what in own:
            before = (given.get("layer") or {}).get(what.removeprefix("layer."))
            values = yours.get(what, "(missing)"), own[what]
            found = difference(*values, samples, before)
            if found and what in given:
                changed[what] = f"    You changed {what}, which you were given"
            if found and what not in MAY_CHANGE:
                lines += [f"    {what}{found[0]}"]
                lines += [f"        yours       {text(found[1])}"]
                lines += [f"        the step's  {text(found[2])}"]
        if lines:
            lines = ["differs", f"    in {place}", *lines, *changed.values()]
            return method, "\n".join(lines)
    if changed:
        verdict += f" (but it changes {' and '.join(changed)}, which belongs to the "
        verdict += "caller: write .copy())"
    return None, verdict


def verdict(step, mine, name):
    """What to say of a function: alone, and if it differs with its class as written."""
    owner, _, last = name.rpartition(".")
    method, alone = first_difference(step, mine, owner or name, (name,))
    if method is None:
        return alone
    written = [k for k, part in mine.functions().items() if EMPTY not in part.text]
    keep = tuple(k for k in written if k.rpartition(".")[0] == owner)
    method, whole = first_difference(step, mine, owner or name, keep)
    return whole if method in (None, last) else alone


def main(step, path, *names):
    step, mine, status = Script(Path(step)), Script(Path(path)), 0
    sys.path.append(str(mine.path.parent))
    for name in names:
        print(name, end=" ", flush=True)  # all that is seen of an endless loop
        found = verdict(step, mine, name)
        print(found, flush=True)
        status |= 3 * found.startswith("differs")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
