"""The three ways to have chataudit, a clone, an editable installation and a wheel, find the same data and judge alike."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from audit import paths
from audit.compile import load_pack

ROOT = Path(__file__).resolve().parent.parent
DEMO = Path("corpora", "demo", "demo.jsonl")
TREE = ("audit", "rules", "corpora/demo", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore")
WHERE = "from audit.paths import data_dir; print(data_dir('rules'))"
MAIN = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from audit.cli import main; main()"
slow = pytest.mark.slow


def run(*command: str | Path, cwd: Path, codes: tuple[int, ...] = (0,)) -> str:
    """Run a program in a plain environment; stdout. Fails with all that was said when the exit code is another."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CHATAUDIT"))}
    environ |= {"CHATAUDIT_CACHE": str(cwd / "cache"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environ, capture_output=True, check=False)
    assert done.returncode in codes, (done.stdout + done.stderr).decode(errors="replace")
    return done.stdout.decode()


def environment(folder: Path, *install: str | Path) -> Path:
    """The scripts' folder of a new environment that borrows the dependencies of this one and installs one thing."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    options = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, *install, cwd=folder)
    return folder / "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    made = sorted(path.name for path in folder.iterdir() if path.name != "cache")
    assert [name.split("-")[0] for name in made] == ["chataudit", "chataudit"], made
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of an environment with the wheel."""
    return environment(tmp_path_factory.mktemp("installed"), wheel)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, to edit."""
    folder = tmp_path_factory.mktemp("clone")
    for name in TREE:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        elif source.is_file():
            shutil.copy(source, target)
    return folder


@slow
def test_the_wheel_holds_what_the_program_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {path.relative_to(ROOT) for path in (ROOT / "rules").rglob("*") if path.is_file()}
    wanted = {f"audit/data/{path.as_posix()}" for path in (*rules, DEMO)}
    wanted |= {f"audit/locale/{ui}/LC_MESSAGES/chataudit.po" for ui in ("ru", "en")}
    wanted |= {"audit/data/rules/standard/compiled.msgpack"}
    assert not wanted - names
    assert not [name for name in names if not name.startswith(("audit/", "chataudit-"))]
    assert not [name for name in names if "cache" in name]


@slow
def test_the_wheel_audits(installed: Path, tmp_path: Path) -> None:
    assert "Анна" in run(installed / "chataudit", "demo", cwd=tmp_path)
    assert list(tmp_path.glob("chataudit-demo.*"))
    run(installed / "chataudit", "check", ROOT / DEMO, "-o", "wheel.jsonl", cwd=tmp_path)
    assert not list((tmp_path / "cache").glob("*.msgpack")), "the compiled pack of the wheel was not used"
    run(sys.executable, "-c", MAIN, "check", ROOT / DEMO, "-o", "clone.jsonl", cwd=tmp_path)
    assert (tmp_path / "wheel.jsonl").read_bytes() == (tmp_path / "clone.jsonl").read_bytes()


@slow
def test_the_wheel_has_its_data_beside_the_package(installed: Path, tmp_path: Path) -> None:
    place = Path(run(installed / "python", "-c", WHERE, cwd=tmp_path).strip())
    assert place.parts[-3:] == ("audit", "data", "rules")


@slow
def test_an_edit_in_an_editable_clone_is_seen(clone: Path, tmp_path: Path) -> None:
    scripts = environment(tmp_path / "editable", "--editable", clone)
    assert Path(run(scripts / "python", "-c", WHERE, cwd=tmp_path).strip()) == clone / "rules"
    assert "Приветствие по-новому" not in run(scripts / "chataudit", "rules", "list", "--ui", "ru", cwd=tmp_path)
    check = clone / "rules" / "standard" / "checks" / "greeting.yaml"
    text = check.read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.strip().startswith("ru:"))
    check.write_text(text.replace(title, "  ru: Приветствие по-новому", 1), encoding="utf-8")
    assert "Приветствие по-новому" in run(scripts / "chataudit", "rules", "list", "--ui", "ru", cwd=tmp_path)


def test_a_clone_uses_its_own_folders() -> None:
    assert paths.data_dir("rules") == ROOT / "rules"
    assert paths.data_dir("corpora") == ROOT / "corpora"


def test_data_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "audit")
    with pytest.raises(FileNotFoundError, match="'rules' is missing"):
        paths.data_dir("rules")
    (tmp_path / "rules").mkdir()  # somebody's folder beside an installed package is not ours
    with pytest.raises(FileNotFoundError):
        paths.data_dir("rules")


def test_a_pack_that_has_moved_is_found_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHATAUDIT_CACHE", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "rules" / "standard", tmp_path / "one" / "standard")
    assert load_pack(tmp_path / "one" / "standard").path == str(tmp_path / "one" / "standard")
    (tmp_path / "one").rename(tmp_path / "two")
    moved = load_pack(tmp_path / "two" / "standard")
    assert moved.path == str(tmp_path / "two" / "standard"), "the cache gives a place where its models no longer are"
