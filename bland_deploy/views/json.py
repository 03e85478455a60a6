"""JSON documents as the contract wants them: one document, keys sorted, a final newline."""

import json
import re
from typing import Any

_UNWANTED = re.compile(r"(?<=#)#(?=\w*\[)|[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def render_json(document: Any) -> str:
    """The document as text. Its values are exact; what would act in a terminal or a job's log is written as escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"
    return _UNWANTED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
