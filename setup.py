"""Builds `cyext/*.pyx` into `tranche/_kernels/`; everything else stands in pyproject.toml.

What the compiler can do is tried, not guessed: every flag is compiled once before it is used. What was found goes to
the screen and to `build/kernels.txt`. Two variables of the environment leave something out:

    TRANCHE_OPENMP=0    build single-threaded kernels
    TRANCHE_CLONES=0    build for the baseline processor only (no AVX2 or AVX-512 versions picked at run time)
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCES = "cyext"
GENERATED = "build/cython"
REPORT = Path("build/kernels.txt")

# Results must not depend on the machine: no fused multiply-add, and nothing of -ffast-math but these two.
WANTED = (
    "-O3",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-mprefer-vector-width=512",
    "-Wno-attributes",
)
OPENMP = "-fopenmp"

PLAIN = "int probe(int x) { return x + 1; }\n"
HEADERS = "#include <Python.h>\n" + PLAIN
THREADS = "#include <omp.h>\nint probe(int x) { return x + omp_get_max_threads(); }\n"
CLONES = """
static __attribute__((target_clones("avx512f", "avx2", "default"))) int cloned(int x);
static __attribute__((target_clones("avx512f", "avx2", "default"))) int cloned(int x) { return x * 3; }
int probe(int x) { return cloned(x); }
"""


class BuildKernels(build_ext):
    """`build_ext` that probes the compiler and runs Cython at the last moment, so that metadata needs neither."""

    def finalize_options(self) -> None:
        super().finalize_options()
        if self.parallel is None:
            self.parallel = os.cpu_count() or 1

    def build_extensions(self) -> None:
        if self.extensions:
            compile_args, link_args, macros, notes = self.options()
            for extension in self.extensions:
                extension.extra_compile_args = compile_args
                extension.extra_link_args = link_args
                extension.define_macros = macros
            self.translate()
            report("kernels: " + ", ".join(e.name.rpartition(".")[2] for e in self.extensions), *notes)
        super().build_extensions()

    def translate(self) -> None:
        """Turn each .pyx into C. Only names and sources are taken over: setuptools has its own marks on our objects."""
        from Cython.Build import cythonize

        done = cythonize(
            [Extension(e.name, list(e.sources)) for e in self.extensions],
            include_path=[SOURCES],
            build_dir=GENERATED,
            compiler_directives={"language_level": 3},
            quiet=True,
        )
        generated = {e.name: e.sources for e in done}
        for extension in self.extensions:
            extension.sources = generated[extension.name]

    def options(self) -> tuple[list[str], list[str], list[tuple[str, str]], list[str]]:
        """Compile arguments, link arguments, macros, and notes for the person who builds."""
        if self.compiler.compiler_type != "unix":  # MSVC: no target_clones; /fp:precise contracts nothing
            flags = ["/O2", "/fp:precise", *([] if switched_off("OPENMP") else ["/openmp"])]
            return flags, [], [("TRANCHE_NO_CLONES", "1")], [f"flags: {' '.join(flags)}"]

        if not self.works(HEADERS):
            raise SystemExit(self.cannot_compile())
        flags = [flag for flag in WANTED if self.works(PLAIN, flag)]
        links: list[str] = []
        macros: list[tuple[str, str]] = []
        notes = []
        if "-ffp-contract=off" not in flags:
            notes.append("NOTE: -ffp-contract=off is not supported: last digits may differ from other machines")
        if not switched_off("OPENMP") and self.works(THREADS, OPENMP):
            flags.append(OPENMP)
            links.append(OPENMP)
            notes.append("threads: OpenMP")
        else:
            why = "switched off by TRANCHE_OPENMP=0" if switched_off("OPENMP") else "this compiler has no OpenMP"
            notes.append(f"NOTE: single thread only ({why}); results are the same, runs take longer")
        if not switched_off("CLONES") and self.works(CLONES):
            notes.append("processors: baseline, AVX2 and AVX-512, picked at run time")
        else:
            macros.append(("TRANCHE_NO_CLONES", "1"))
            notes.append("processors: baseline only (no AVX2 or AVX-512 versions)")
        notes.append(f"flags: {' '.join(flags)}")
        return flags, links, macros, notes

    def works(self, source: str, *flags: str) -> bool:
        """Whether `source` compiles without a warning and links into a shared library with `flags`."""
        return self.attempt(source, *flags) == ""

    def attempt(self, source: str, *flags: str) -> str:
        """What the compiler says against it; empty when it works."""
        with tempfile.TemporaryDirectory() as folder:
            code, objects, library = (str(Path(folder) / f"probe{end}") for end in (".c", ".o", ".so"))
            Path(code).write_text(source)
            include = [f"-I{directory}" for directory in self.compiler.include_dirs]
            compiling = [*self.compiler.compiler_so, *include, *flags, "-Werror", "-c", code, "-o", objects]
            linking = [*self.compiler.linker_so, *flags, objects, "-o", library]
            for command in (compiling, linking):
                try:
                    done = subprocess.run(command, capture_output=True, text=True, check=False)
                except OSError as error:
                    return f"{command[0]}: {error.strerror}"
                if done.returncode:
                    return done.stderr.strip() or f"exit code {done.returncode}"
        return ""

    def cannot_compile(self) -> str:
        python = f"Python {sysconfig.get_python_version()}"
        said = self.attempt(PLAIN)
        if said:
            return f"tranche: no working C compiler ({gist(said)}); install one, on Debian: apt install gcc libc6-dev"
        said = gist(self.attempt(HEADERS))
        return f"tranche: the C headers of {python} are missing ({said}); on Debian: apt install python3-dev"


def gist(said: str) -> str:
    """The first line that a compiler calls an error, or else its first line."""
    lines = said.splitlines()
    return next((line for line in lines if "error:" in line), lines[0]).strip()


def switched_off(what: str) -> bool:
    return os.environ.get(f"TRANCHE_{what}", "1") == "0"


def report(*lines: str) -> None:
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("".join(f"{line}\n" for line in lines))
    print(*(f"tranche: {line}" for line in lines), sep="\n", file=sys.stderr)


def kernels() -> list[Extension]:
    """One extension per .pyx. Cython knows which .pxd each one reads; C headers and this file rebuild all of them."""
    shared = [*map(str, sorted(Path(SOURCES).glob("*.h"))), "setup.py"]
    return [
        Extension(f"tranche._kernels.{path.stem}", [str(path)], depends=shared, include_dirs=[SOURCES])
        for path in sorted(Path(SOURCES).glob("*.pyx"))
    ]


setup(ext_modules=kernels(), cmdclass={"build_ext": BuildKernels})
