"""Which file of a log lies where.

CAMPAIGN/manifest.json               how it began
CAMPAIGN/log/000000000042.json       entries, numbered from 1 without gaps
CAMPAIGN/keys/SHA256.bin             recipient keys, those of each batch sorted, named by content
CAMPAIGN/texts/SHA256.txt            what was said in all calls of a batch, as JSON, named by content
_suppression/…                       likewise, of people who are not to be called in any campaign
"""

import re

SUPPRESSION = "_suppression"
"""Where the log of suppressed people lies. No campaign can have this name."""
_ENTRY = re.compile(r"([0-9]{12})\.json")


def manifest_name(campaign: str) -> str:
    """The file with which a log begins."""
    return f"{campaign}/manifest.json"


def entry_name(campaign: str, number: int) -> str:
    """The file of an entry; the first has number 1."""
    return f"{campaign}/log/{number:012d}.json"


def keys_name(campaign: str, sha256: str) -> str:
    """A file of recipient keys."""
    return f"{campaign}/keys/{sha256}.bin"


def text_name(campaign: str, sha256: str) -> str:
    """The file of a text."""
    return f"{campaign}/texts/{sha256}.txt"


def entry_number(name: str) -> int | None:
    """The number of the entry in a file under `log/`, or None if that is no name of an entry."""
    found = _ENTRY.fullmatch(name.partition("/log/")[2])
    return int(found[1]) or None if found else None
