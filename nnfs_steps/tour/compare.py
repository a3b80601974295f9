"""Compares scripts: two by their code, any number by what they print."""

from pathlib import Path

from tour import runner
from tour.changes import program, show_changes
from tour.differences import show_outputs
from tour.scripts import spelled
from tour.terminal import pass_by, say
from tour.why import show_why


def compare(scripts, steps, figures):
    """Show how scripts differ; return 1 if one did not run to its end, else 0."""
    titles, wrong = [script.title for script in scripts], []
    say(f"=== {', '.join(titles[:-1])} and {titles[-1]}")
    if len(scripts) == 2:
        wrong = compare_code(*scripts, steps)
    pass_by(f"Running {', '.join(titles)} ...")
    runs = [*runner.run_all(scripts, options={"settings": True})]
    pass_by("")
    outputs = [(title, run.lines, run.script) for title, run in zip(titles, runs)]
    trainings = show_outputs(outputs)
    if [script.ours for script in scripts] == [True, False]:
        show_why(runs, trainings, wrong)
    seconds = [f"{title} took {run.seconds:.1f} s" for title, run in zip(titles, runs)]
    print(f"\n{', '.join(seconds)}.")
    for title, run in zip(titles, runs):
        runner.show_errors(run)
        if run.problem:
            print(f"{title} {run.problem}.")
    if figures:
        from tour import curves  # matplotlib takes its time

        name = "-".join(script.path.stem[:2] for script in scripts)
        print(f"Saved {curves.save(outputs, Path(figures, f'{name}.png'))}")
    return int(any(run.problem for run in runs))


def compare_code(old, new, steps):
    """Show how the code of two scripts differs; return what check says of those classes
    of a reader that the program uses and that are wrong.
    """
    earlier = [step for step in steps.values() if step is not old]
    if new.ours:
        show_changes(old, new, [s for s in earlier if s.number < new.number])
        return []
    from tour.judge import verdicts  # NumPy takes its time
    from tour.judge.names import kind_of

    pass_by(f"Checking the classes of {new.title} ...")
    found = verdicts(new.path)
    pass_by("")
    right = [verdict.name for verdict in found if verdict.outcome == "agrees"]
    living = [kind_of(name) for name in new.parts if "." not in name]
    show_changes(old, new, earlier, right, [name for name in living if name])
    used = " ".join(code for *_, code in program(new))
    wrong = [verdict for verdict in found if verdict.outcome == "differs"]
    return [verdict.text for verdict in wrong if spelled(verdict.name) in used]
