"""What all tests share: the switch that renews golden files, and how examples are found.

A run finds the same examples each time, however slow the machine: what fails fails again.
`make soak` looks for new ones (HYPOTHESIS_PROFILE=soak).
"""

import os

import pytest

# As many tests run as there are cores: with threads of their own they would wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before anybody imports numpy

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files instead of comparing"
    )
