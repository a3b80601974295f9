"""Compares scripts: two by their code, any number by what they print."""

from pathlib import Path

from tour import runner
from tour.changes import show_changes
from tour.differences import show_outputs
from tour.own import show_own, show_why
from tour.terminal import say, shortened


def compare(scripts, steps, figures):
    """Show how scripts differ; return 1 if one did not run to its end, else 0."""
    titles, doubtful = [script.title for script in scripts], []
    say(f"=== {', '.join(titles[:-1])} and {titles[-1]}")
    if len(scripts) == 2:
        doubtful = compare_code(*scripts, steps)
    print(f"\nRunning {', '.join(titles)} ...\n")
    runs = [*runner.run_all(scripts, options={})]
    for title, run in zip(titles, runs):
        took = f"{title} took {run.seconds:.1f} s"
        print(f"{took}, and {run.problem}." if run.problem else f"{took}.")
        print(*shortened(run.errors), sep="\n", end="\n" if run.errors else "")
    good = [run for run in runs if not f"{run.problem}".startswith("crashed")]
    outputs = [(run.script.title, run.lines, run.script) for run in good]
    if len(good) > 1:
        show_outputs(outputs)
    if [run.script.ours for run in good] == [True, False]:
        show_why(*good, doubtful)
    if figures:
        from tour import curves  # matplotlib takes its time

        name = "-".join(script.path.stem[:2] for script in scripts)
        print(f"Saved {curves.save(outputs, Path(figures, f'{name}.png'))}")
    return int(any(run.problem for run in runs))


def compare_code(old, new, steps):
    """Show how code differs; return the names of a reader's classes that may be wrong."""
    earlier = [step for step in steps.values() if step is not old]
    if not new.ours:
        return show_own(old, new, earlier)
    show_changes(old, new, [s for s in earlier if s.number < new.number])
    return []
