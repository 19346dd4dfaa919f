"""Renews digest/render/lint/caniemail.json: `python docs/caniemail.py`, with npm and the network.

caniemail.com tests which HTML and CSS each mail client shows; the npm package `caniemail` carries
its results. Only the facts are kept: per feature and client a letter for the newest test, y (yes),
a (partly), n (no), u or ? (not known). Data and package are under the MIT licence.
"""

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "digest" / "render" / "lint" / "caniemail.json"
INSIDE = "package/data/caniemail.json"
CLIENTS = (
    "gmail.desktop-webmail gmail.ios gmail.android outlook.windows outlook.macos"
    " outlook.outlook-com outlook.ios outlook.android apple-mail.macos apple-mail.ios"
    " yahoo.desktop-webmail yahoo.ios yahoo.android thunderbird.macos samsung-email.android"
    " gmail.mobile-webmail fastmail.desktop-webmail protonmail.desktop-webmail protonmail.ios"
    " protonmail.android hey.desktop-webmail gmx.desktop-webmail web-de.desktop-webmail"
).split()


def fetched(package: str) -> dict[str, Any]:
    """The data inside the newest package."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", package, "--silent"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(Path(folder) / done.stdout.split()[-1]) as archive:
            member = archive.extractfile(INSIDE)
            if member is None:
                raise SystemExit(f"{package} holds no {INSIDE} any more")
            return json.load(member)


def facts(data: dict[str, Any]) -> dict[str, Any]:
    """What lint needs of it."""
    return {
        "source": "caniemail.com, by way of the npm package caniemail (MIT licence)",
        "updated": data["last_update_date"][:10],
        "clients": CLIENTS,
        "features": {one["slug"]: letters(one["stats"]) for one in data["data"]},
    }


def letters(stats: dict[str, dict[str, dict[str, str]]]) -> str:
    """A letter a client, in the order of CLIENTS: the newest test stands last."""
    found = []
    for client in CLIENTS:
        family, platform = client.split(".")
        tests = list(stats.get(family, {}).get(platform, {}).values())
        found.append(tests[-1][0] if tests else "?")
    return "".join(found)


if __name__ == "__main__":
    made = facts(fetched(sys.argv[1] if len(sys.argv) > 1 else "caniemail@>=2"))
    written = json.dumps(made, indent=0, ensure_ascii=False, sort_keys=True)
    FILE.write_text(f"{written}\n", encoding="utf-8")
    print(f"{FILE.name}: {len(made['features'])} features, updated {made['updated']}")
