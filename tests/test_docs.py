"""The documentation says what the program does."""

import importlib.util
import re
from pathlib import Path

import pytest

from digest.cli import COMMANDS
from digest.model import TRANSITIONS, DeliveryState

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def test_the_command_line_is_documented_as_it_is():
    spec = importlib.util.spec_from_file_location("cli_docs", DOCS / "cli.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "cli.md").read_text() == module.page(), "run `make docs`"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_entry(command):
    assert f"## digest {command}\n" in (DOCS / "cli.md").read_text()


def test_the_diagram_of_delivery_states_is_the_program_s():
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)", (DOCS / "delivery-states.md").read_text(), re.M))
    told = {(a.value, b.value) for a, following in TRANSITIONS.items() for b in following}
    assert drawn == told


def test_every_state_is_explained():
    text = (DOCS / "delivery-states.md").read_text()
    for state in DeliveryState:
        assert f"| `{state.value}` |" in text
