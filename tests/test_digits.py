"""Every script prints the same on a processor that can do less, with other matrix
multiplication kernels, and with two threads for them. (All other tests have one.)
"""

import functools
import json
import os
import platform
import sys

import pytest

from tour.project import SCRIPTS, python

try:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
except ImportError:  # before NumPy 2
    from numpy.core._multiarray_umath import __cpu_dispatch__, __cpu_features__

# What NumPy has code for beyond its baseline, and this processor can do
FEATURES = [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]
WIDE = [feature for feature in FEATURES if feature.startswith(("AVX512", "X86_V4"))]

KERNELS = (
    ["Nehalem", "Sandybridge", "Haswell", "SkylakeX"]
    if platform.machine() in ("x86_64", "AMD64")
    else ["ARMV8", "CORTEXA57", "NEOVERSEN1", "NEOVERSEV1"]
)
# A kernel, and what NumPy's own loops or the threads do beside it
BESIDE = [
    {"NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES)},
    {"NPY_DISABLE_CPU_FEATURES": " ".join(WIDE)},
    {"OPENBLAS_NUM_THREADS": "2"},
    {},
]
SETTINGS = {
    kernel: {"OPENBLAS_CORETYPE": kernel} | beside
    for kernel, beside in zip(KERNELS, BESIDE)
}

# It multiplies too: a kernel that this processor does not know ends only there
PROBE = """
import json
import numpy as np
try:
    from numpy._core._multiarray_umath import __cpu_features__
except ImportError:
    from numpy.core._multiarray_umath import __cpu_features__
from threadpoolctl import threadpool_info
for kind in "float32", "float64":
    square = np.ones((64, 64), kind)
    square @ square, square @ square[0], square[0] @ square[0]
blas = [pool for pool in threadpool_info() if pool["internal_api"] == "openblas"]
print(json.dumps([__cpu_features__, blas]))
"""


@functools.cache
def probe(name=None):
    """What NumPy and OpenBLAS do with a setting, or None if they can't."""
    result = python("-c", PROBE, **SETTINGS.get(name, {}))
    return None if result.returncode else json.loads(result.stdout)


def why_meaningless(name):
    """Why a setting changes nothing here; None if NumPy follows it."""
    if not probe(name):
        return f"this processor can't do what {name} does"
    features, blas = probe(name)
    disabled = SETTINGS[name].get("NPY_DISABLE_CPU_FEATURES", "")
    assert not any(features[feature] for feature in disabled.split())
    if blas and blas[0]["architecture"].lower() != name.lower():
        return f"this OpenBLAS has no {name}"
    return "all other tests run like this" if probe(name) == probe() else None


def test_some_setting_means_something():
    assert None in map(why_meaningless, SETTINGS), [*map(why_meaningless, SETTINGS)]


# What needs more than NumPy is held by test_steps.py alone
ALONE = [script.name for script in SCRIPTS if "Needs" not in script.header]
PARTS = 8
# One process for many scripts begins once
RUN = """
import sys
from programs import program
from tour.project import SCRIPTS
for script in SCRIPTS:
    if script.name in sys.argv:
        status, output, errors = program(script)
        if (status, output.splitlines(), errors) != (0, script.output, ""):
            print(script.name, output, errors)
"""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", SETTINGS)
def test_same_digits(name, part):
    if reason := why_meaningless(name):
        pytest.skip(reason)
    names, path = {*ALONE[part::PARTS]}, os.pathsep.join(sys.path)
    result = python("-c", RUN, *names, PYTHONPATH=path, **SETTINGS[name])
    # A kernel that the processor does not know ends without a word
    assert (result.returncode, result.stdout + result.stderr) == (0, b"")
