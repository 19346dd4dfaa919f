"""The house's floors hold: imports go down only, and the core does no I/O."""

import subprocess
import sys

from commands import ROOT

# A process of its own, for import-linter switches off the loggers of whoever calls it.
LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(no_cache=True))
"""


def test_imports_go_down_only():
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Imports go down only KEPT" in done.stdout
