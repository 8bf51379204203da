"""Puts the compiled standard pack into the wheel, so that the first start after an installation is fast."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles `rules/standard` at build time; an editable installation compiles at first use instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add `compiled.msgpack` beside the pack's files."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from audit.compile import compile_key, compile_pack, store
        from audit.pack import load_pack_files

        folder = Path(self.root) / "rules" / "standard"
        target = Path(self.directory) / "compiled.msgpack"
        store(compile_pack(load_pack_files(folder)), target, compile_key(folder))
        build_data["force_include"][str(target)] = "audit/data/rules/standard/compiled.msgpack"
