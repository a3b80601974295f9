"""Draws the curves of trainings into one picture."""

from itertools import cycle

from matplotlib.figure import Figure

from tour.scripts import Mistake

# Colours of different lightness, and different dashes
COLOURS = "#e69f00", "#d55e00", "#cc79a7", "#56b4e9", "#0072b2", "#000000", "#999999"
DASHES = "--", "-.", "-", "--", "-.", "-", ":"
STYLES = [{"color": c, "linestyle": d} for c, d in zip(COLOURS, DASHES)]


def save(runs, path):
    """Draw the trainings of Runs into a file; return its path."""
    found = [training for run in runs for training in run.trainings]
    curves = {f"{x.title}: {x.heading}": x.epochs for x in found}
    if not curves:
        raise Mistake("there are no curves to draw: none of these prints epochs")
    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, name in zip(figure.subplots(1, 2), ["loss", "acc"]):
        for (label, epochs), style in zip(curves.items(), cycle(STYLES)):
            values = [float(each.get(name, "nan")) for each in epochs.values()]
            axes.plot([*epochs], values, label=label, **style)
        axes.set(title=name, xlabel="epoch")
        axes.set_ylim(bottom=0)
    lines = axes.get_lines()
    figure.legend(handles=lines, loc="outside lower center", ncols=4, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path
