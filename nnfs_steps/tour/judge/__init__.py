"""The room that judges: does a reader's class do what the step's does?

Read it in this order. Data first:
    names.py    how readers call what the steps have
    calls.py    what is asked of each kind of class: small programs
    slips.py    what readers slip on: changes to the step's own code, with words
then what works with them:
    steps.py    the steps' classes, and which step has them first
    load.py     what a file defines, without running its training
    things.py   objects of the step's and the reader's behind the same names, and the
                bench where the programs of calls.py run with both
    verdict.py  compares what they give, and says what differs
    program.py  the first epochs of an exercise's program
    process.py  all of this in a process of its own, which an endless loop can't hold up
    report.py   what check prints
"""

from tour.judge.report import check, verdicts

__all__ = ["check", "verdicts"]
