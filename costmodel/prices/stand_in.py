"""Temporary."""
from __future__ import annotations
from dataclasses import dataclass
from pathlib import Path
from typing import Any
import yaml

@dataclass
class Document:
    data: Any
    node: Any
    file: str
    def position(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        node = self.node
        for part in path:
            if isinstance(node, yaml.MappingNode):
                nxt = [v for k, v in node.value if k.value == str(part)]
                if not nxt: break
                node = nxt[0]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int): node = node.value[part]
            else: break
        return node.start_mark.line + 1, node.start_mark.column + 1

def read_yaml(path: Path) -> Document:
    text = path.read_text()
    return Document(yaml.load(text, Loader=yaml.CSafeLoader), yaml.compose(text, Loader=yaml.CSafeLoader), str(path))
