"""Every script prints the same on a processor that can do less, with other matrix
multiplication kernels, and with two threads for them. (All other tests have one.)
"""

import functools
import json
import platform

import pytest
import threadpoolctl  # noqa: F401, for the probe: without it nothing could be said

from tour.project import SCRIPTS, python, run

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
    else ["ARMV8", "CORTEXA57", "NEOVERSEN1"]
)

SETTINGS = {
    "baseline": {"NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES)},
    "no AVX-512": {"NPY_DISABLE_CPU_FEATURES": " ".join(WIDE)},
    **{f"{kernel} kernel": {"OPENBLAS_CORETYPE": kernel} for kernel in KERNELS},
    "2 threads": {"OPENBLAS_NUM_THREADS": "2"},
}

PROBE = """
import json
try:
    from numpy._core._multiarray_umath import __cpu_features__
except ImportError:
    from numpy.core._multiarray_umath import __cpu_features__
from threadpoolctl import threadpool_info
blas = [pool for pool in threadpool_info() if pool["internal_api"] == "openblas"]
print(json.dumps([__cpu_features__, blas]))
"""


@functools.cache
def why_meaningless(name):
    """Why a setting changes nothing here; None if NumPy follows it."""
    [(variable, value)] = SETTINGS[name].items()
    if not value:
        return "this processor has no such features, or NumPy does not use them"
    result = python("-c", PROBE, **SETTINGS[name])
    if result.returncode:
        return f"this processor does not start with {SETTINGS[name]}"
    features, blas = json.loads(result.stdout)
    if variable == "NPY_DISABLE_CPU_FEATURES":
        assert not any(features[feature] for feature in value.split())
        return None
    if not blas:
        return "this NumPy does not use OpenBLAS"
    kernel, threads = blas[0]["architecture"].lower(), str(blas[0]["num_threads"])
    followed = value.lower() == kernel or value == threads
    return None if followed else f"this OpenBLAS has no {name}"


def test_some_setting_means_something():
    assert None in map(why_meaningless, SETTINGS), [*map(why_meaningless, SETTINGS)]


# What needs more than NumPy is held by test_steps.py alone
ALONE = [script for script in SCRIPTS if "Needs" not in script.header]


@pytest.mark.slow
@pytest.mark.parametrize("script", ALONE, ids=lambda script: script.path.stem)
@pytest.mark.parametrize("name", SETTINGS)
def test_same_digits(name, script, tmp_path):
    if reason := why_meaningless(name):
        pytest.skip(reason)
    assert run(script, cwd=tmp_path, **SETTINGS[name]) == script.output
