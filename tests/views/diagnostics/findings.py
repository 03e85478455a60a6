"""What the formats for machines are tried with."""

from bland_deploy.diagnostics import Place, error, note, warning
from bland_deploy.views.diagnostics.checked import Checked

SOURCE = """\
version: 1
campaign: hello
call:
  voice_id: 0
  from: "+14155550100"
"""
NAMES = ("bland-deploy.yaml", "campaigns/a b.yaml", "campaigns/good.yaml")
CHECKED = Checked({"campaigns/a b.yaml": SOURCE}.get, "phones/", NAMES)
FINDINGS = (
    error("unknown-key", "`promt` is not a key: 100 %", Place("campaigns/a b.yaml", 2, 1), "did you mean `prompt`?"),
    error("unknown-key", "`promtt` is not a key", Place("campaigns/a b.yaml", 2, 1)),
    warning("obsolete-field", "`voice_id` is obsolete", Place("campaigns/a b.yaml", 4, 3), "use `voice`"),
    warning("odd-type", "a row is odd", Place("lists/people.csv", 7)),
    note("stamp-suffix-left-out", "no room", Place("campaigns/a b.yaml", 1)),
    warning("readable-state-key", "others may read the key"),
)
HOSTILE = (
    error(
        "unknown-key",
        "a\n::error::b\r::stop-commands::x\x1b[31m ##[error]c %0A::set-env name=X::y </failure>]]> \ud800\x00",
        Place("campaigns/x\n::error,file=y::z##[warning].yaml", 1, 1),
        "help\n::add-mask::e",
    ),
)
