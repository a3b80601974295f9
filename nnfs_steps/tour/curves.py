"""Draws the curves of trainings into one picture."""

from matplotlib.figure import Figure

from tour.scripts import Mistake
from tour.trainings import trainings

# Colours of different lightness, and different dashes
COLOURS = "#e69f00", "#d55e00", "#cc79a7", "#56b4e9", "#0072b2", "#000000", "#999999"
DASHES = "--", "-.", "-", "--", "-.", "-", ":"
STYLES = [{"color": c, "linestyle": d} for c, d in zip(COLOURS, DASHES)]


def draw(curves):
    """A figure of trainings by their labels: loss and accuracy."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    panels = figure.subplots(1, 2)
    for axes, name, field in zip(panels, ["loss", "accuracy"], ["loss", "acc"]):
        for number, (label, training) in enumerate(curves.items()):
            fields = training.epochs.values()
            values = [float(each.get(field, "nan")) for each in fields]
            style = STYLES[number % len(STYLES)] | {"label": label}
            axes.plot([*training.epochs], values, **style)
        axes.set(title=name, xlabel="epoch")
    panels[0].set_ylim(bottom=0)
    panels[1].set_ylim(top=1)
    lines = panels[0].get_lines()
    figure.legend(handles=lines, loc="outside lower center", ncols=4, frameon=False)
    return figure


def save(outputs, path):
    """Draw outputs, [(title, lines, script), ...], into a file; return its path."""
    curves = {}
    for title, lines, script in outputs:
        for training in trainings(lines, title, script.idea)[0]:
            curves[f"{title}: {training.heading.partition(':')[0]}"] = training
    if not curves:
        raise Mistake("there are no curves to draw: none of these prints epochs")
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(curves).savefig(path, dpi=150)
    return path
