"""Compares scripts: two by their code, any number by what they print."""

import ast
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
    runs = [*runner.run_all(scripts, options={})]
    pass_by("")
    if [script.ours for script in scripts] == [True, False]:
        show_why(*runs, wrong)
    outputs = [run.output for run in runs]
    show_outputs(outputs)
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
    used = " ".join(code for *_, code in program(new))
    names = rename(new, kind_of)
    for name, ours in names.items():
        print(f"Your {name} is the step's {ours}.")
    right = [names.get(v.name, v.name) for v in found if v.outcome == "agrees"]
    show_changes(old, new, earlier, right)
    wrong = [verdict for verdict in found if verdict.outcome == "differs"]
    return [verdict.text for verdict in wrong if spelled(verdict.name) in used]


def rename(script, kind_of):
    """Call a reader's classes as the steps do, in the syntax trees; return {theirs: ours}
    for those with another name.
    """
    nodes = [node for file in script.files for node in ast.walk(file.tree)]
    own = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    kinds = {kind_of(name): name for name in own if kind_of(name)}
    known = {spelled(name) for name in own}
    names = {kinds[kind]: kind for kind in kinds if spelled(kind) not in known}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            node.name = names.get(node.name, node.name)
        elif isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return names
