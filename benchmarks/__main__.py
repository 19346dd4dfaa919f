"""`python -m benchmarks PART… [-- OPTIONS]`: what things cost, as ratios in one run.

`--write` keeps the figures of the parts that were run in docs/performance.json, and writes
docs/performance.md and its plot from all that is kept.
"""

import importlib
import sys

from benchmarks import page

PARTS = (
    *("smtp", "build", "compose", "select", "selection", "ledger", "send", "crash", "peers"),
    *("million", "fleet", "storm", "copying", "simulate", "site"),
)
QUICK = (
    *("smtp", "build", "compose", "select", "ledger", "send", "crash", "peers", "million"),
    *("fleet",),
)
"""Those of `make bench`: the others want a server or collections."""


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--write"]
    write = len(words) < len(sys.argv) - 1
    cut = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    parts, options = words[:cut] or list(QUICK), [w for w in words[cut:] if w != "--"]
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"{', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    for part in parts:
        module = importlib.import_module(f"benchmarks.{part}")
        sys.argv = [f"benchmarks {part}", *options]
        found = module.main()
        if write and isinstance(found, dict):
            page.keep(part, found)
            page.write()


if __name__ == "__main__":
    main()
