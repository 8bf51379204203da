"""Puts the compiled standard pack into the wheel, so that the first start after an installation is fast."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles `rules/standard` at build time; an editable installation compiles at first use instead."""

    folder: str | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add `compiled.msgpack` beside the pack's files."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from audit.compile import compile_key, compile_pack, store
        from audit.pack import load_pack_files

        pack = Path(self.root) / "rules" / "standard"
        self.folder = tempfile.mkdtemp(prefix="chataudit-build-")
        target = Path(self.folder) / "compiled.msgpack"
        store(compile_pack(load_pack_files(pack)), target, compile_key(pack))
        build_data["force_include"][str(target)] = "audit/data/rules/standard/compiled.msgpack"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's
        """Leave nothing behind but the wheel."""
        if self.folder is not None:
            shutil.rmtree(self.folder)
