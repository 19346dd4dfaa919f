"""The documentation says what the program does."""

import importlib.util
import re
from dataclasses import fields
from pathlib import Path

import pytest

from digest.cli import COMMANDS
from digest.config import Settings
from digest.config.environment import variable
from digest.config.schema import keys
from digest.mail.operators import OPERATORS
from digest.mail.verdict import TABLE
from digest.model import CAUSES, TRANSITIONS, DeliveryState, SubscriberState
from digest.model.life import BACK, LIFE, RETURNS
from digest.transport.settings import ProviderSettings, RelaySettings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def test_the_command_line_is_documented_as_it_is():
    spec = importlib.util.spec_from_file_location("cli_docs", DOCS / "cli.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "cli.md").read_text() == module.page(), "run `make docs`"


def test_the_table_of_answers_is_the_program_s():
    spec = importlib.util.spec_from_file_location("answers_docs", DOCS / "answers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = module.page()
    assert (DOCS / "sending.md").read_text() == page, "run `make docs`"
    assert all(f"| {row.name} |" in page for row in TABLE)


def test_the_table_of_causes_is_the_program_s():
    spec = importlib.util.spec_from_file_location("alerts_docs", DOCS / "alerts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = module.page()
    assert (DOCS / "alerts.md").read_text() == page, "run `make docs`"
    assert all(f"| `{cause}` |" in page for cause in CAUSES)


@pytest.mark.parametrize(
    ("section", "kind"), [("provider", ProviderSettings), ("relay", RelaySettings)]
)
def test_every_key_of_the_tables_below_smtp_is_documented(section, kind):
    text = (DOCS / "sending.md").read_text()
    table = text.partition(f"| key of `[[smtp.{section}]]` |")[2].partition("\n\n")[0]
    keys = [row.split("|")[1] for row in table.splitlines()[2:]]
    told = [name for key in keys for name in re.findall(r"`(\w+)`", key)]
    assert told == [field.name for field in fields(kind)]


def test_every_provider_that_has_a_name_is_told():
    text = (DOCS / "sending.md").read_text()
    assert all(f"`{name}`" in text for name in OPERATORS)


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


def test_the_diagram_of_a_subscriber_s_life_is_the_program_s():
    def name(state):
        return "nobody" if state is None else state.value

    line = re.compile(r"^ +(\w+) --> (\w+) : (\w+)$", re.M)
    drawn = set(line.findall((DOCS / "subscriber-life.md").read_text()))
    told = {(name(a), name(b), act.value) for (a, act), b in LIFE.items()}
    told |= {(name(a), name(b), act.value) for act, a in BACK.items() for b in RETURNS}
    assert drawn == told


@pytest.mark.parametrize("state", ["nobody", *SubscriberState])
def test_every_state_of_a_subscriber_is_explained(state):
    assert f"| `{state}` |" in (DOCS / "subscriber-life.md").read_text()


@pytest.mark.parametrize("file", sorted((DOCS / "deploy").iterdir()), ids=lambda file: file.name)
def test_what_deploys_the_program_speaks_its_language(file):
    """Commands that are there, and settings that the environment can have."""
    text = file.read_text()
    commands = re.findall(r"command: \[(\w+)", text) + re.findall(r'^CMD \["(\w+)', text, re.M)
    commands += re.findall(r"^ExecStart=\S*digest (?:--home \S+ )?(\w+)", text, re.M)
    assert set(commands) <= set(COMMANDS)
    assert commands, "it starts something"
    known = {variable(path) for path in keys(Settings)}
    named = {name.removesuffix("_FILE") for name in re.findall(r"DIGEST__\w+", text)}
    assert named <= known
