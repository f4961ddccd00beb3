"""A procedure as the text of its YAML file, for a person to review."""

from __future__ import annotations

from datetime import time
from typing import Any

import yaml

from backend.domain.procedure import Procedure


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their key, as in the shipped files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _hour(dumper: _Dumper, hour: time) -> yaml.Node:
    return dumper.represent_str(hour.strftime("%H:%M"))


_Dumper.add_representer(time, _hour)


def yaml_of(procedure: Procedure, source: str) -> str:
    """Return the file of a procedure; `source` names the sheet it came from, in the first line."""
    held: dict[str, Any] = procedure.model_dump(by_alias=True, exclude_defaults=True)
    held["fee"] = [{"amount": None, **case} for case in held["fee"]]
    text = yaml.dump(held, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=140)
    return f"# From {source}: look through it before it takes the place of the shipped file.\n{text}"
