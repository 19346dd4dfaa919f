"""`python -m benchmarks PART… [-- OPTIONS]`: what things cost, as ratios in one run."""

import importlib
import sys

PARTS = (
    "smtp",
    "build",
    "compose",
    "select",
    "selection",
    "ledger",
    "send",
    "crash",
    "fleet",
    "storm",
)


def main() -> None:
    words = sys.argv[1:]
    cut = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    parts, options = words[:cut] or list(PARTS), [w for w in words[cut:] if w != "--"]
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"{', '.join(sorted(unknown))}: the parts are {', '.join(PARTS)}")
    for part in parts:
        module = importlib.import_module(f"benchmarks.{part}")
        sys.argv = [f"benchmarks {part}", *options]
        module.main()


if __name__ == "__main__":
    main()
