"""Pins everything that an installation is made of: `make lock` writes requirements.lock and requirements-dev.lock.

    python benchmarks/lock.py

What pyproject.toml asks for is installed into a throw-away environment, from wheels only, and every version found
there is written down. Run it with the oldest Python that is supported: what it picks runs on the newer ones too.
The build backend and setuptools (spaCy's) are pinned as well, so that `pip install --no-build-isolation` needs
nothing that is not in the list.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
HEAD = {
    "requirements.lock": "What `make demo` installs: the dependencies of chataudit, theirs, and the build backend.",
    "requirements-dev.lock": "What `make test` installs: requirements.lock and the tools of the extra `dev`.",
}


def wanted() -> tuple[list[str], list[str]]:
    """The requirements of the core with its build backend, and those of the extra `dev`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    backend = [need for need in project["build-system"]["requires"] if need.startswith("hatchling")]
    core = [*project["project"]["dependencies"], *backend, "setuptools"]
    return core, project["project"]["optional-dependencies"]["dev"]


def installed(python: Path, needs: list[str], *options: str) -> list[str]:
    """Install these from wheels and give `name==version` of everything that is there then, pip apart."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--upgrade", "--only-binary=:all:", *options, *needs], check=True)
    frozen = subprocess.run([*pip, "freeze", "--all"], check=True, capture_output=True, text=True)
    pins = [line for line in frozen.stdout.splitlines() if "==" in line and not line.startswith("pip==")]
    return sorted(pins, key=str.casefold)


def main() -> int:
    """Write both files."""
    if sys.version_info[:2] != OLDEST:
        print(f"lock.py: run it with Python {'.'.join(map(str, OLDEST))}, the oldest that is supported")
        return 2
    core, dev = wanted()
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        found = {"requirements.lock": installed(python, core)}
        (ROOT / "requirements.lock").write_text(_text("requirements.lock", found["requirements.lock"]), "utf-8")
        found["requirements-dev.lock"] = installed(python, dev, "-c", str(ROOT / "requirements.lock"))
    for name, pins in found.items():
        (ROOT / name).write_text(_text(name, pins), encoding="utf-8")
        print(f"{name}: {len(pins)} packages")
    return 0


def _text(name: str, pins: list[str]) -> str:
    return "\n".join((f"# {HEAD[name]}", "# Made by `make lock`; not edited by hand.", *pins, ""))


if __name__ == "__main__":
    sys.exit(main())
