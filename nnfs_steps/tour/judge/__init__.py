"""The room that judges: does a reader's class do what the step's does? Read in this order:

names.py    data: how readers call what the steps have
calls.py    data: what is asked of each kind of class, as small programs
slips.py    data: what readers slip on, as changes to the step's own code, with words
things.py   objects of the step's and the reader's, behind the same names
load.py     what a file defines, without running its training
verdict.py  runs the programs with both, and says what differs
report.py   what check prints
"""
