"""JSON documents as the contract wants them: one document, keys sorted, a final newline."""

import json
from typing import Any


def render_json(document: Any) -> str:
    """The document as text."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"
