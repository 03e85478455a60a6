"""Figures of a wave in words: what a gate misses, and all of them briefly."""

from bland_deploy.model.entries import GateFigure

_BRIEFLY = {
    "min_completed": "ended",
    "answered": "answered",
    "failed": "failed",
    "opt_out": "asked not to be called",
    "stopped": "stopped",
}
_WHAT = {
    "min_completed": "of its calls have ended",
    "answered": "of those dialled answered",
    "failed": "of those that ended failed",
    "opt_out": "of those who answered asked not to be called",
}
_NOBODY = {
    "min_completed": "nothing of it was sent",
    "answered": "nobody was dialled yet, so how many answer is not known",
    "failed": "no call has ended yet, so how many fail is not known",
    "opt_out": "of nobody who answered it is known yet whether they asked not to be called",
}
_LONG = 120


def briefly(figure: GateFigure) -> str:
    """`answered 62.5 % (5 of 8), >= 30%`."""
    if figure.figure == "after":
        return f"{_span(figure.part)} after it, {figure.limit[:2]} {_span(figure.whole)}"
    share = f"{100 * figure.part / figure.whole:.1f} %" if figure.whole else "none"
    return f"{_BRIEFLY[figure.figure]} {share} ({figure.part:,} of {figure.whole:,}), {figure.limit}"


def missed(figure: GateFigure) -> str:
    """What a figure that does not hold says: its value, of how many calls, and what the gate asks for."""
    part, whole = f"{figure.part:,}", f"{figure.whole:,}"
    if figure.figure == "after":
        passed, wanted = _span(figure.part), _span(figure.whole)
        return f"{passed} have passed since the last send or dial, and the gate asks for {wanted}"
    if figure.figure == "stopped":
        return f"{part} of its {whole} calls were stopped"
    if not figure.whole:
        return _NOBODY[figure.figure]
    share = f"{100 * figure.part / figure.whole:.1f} %"
    return f"{share} {_WHAT[figure.figure]} ({part} of {whole}), and the gate asks for {figure.limit}"


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < _LONG else f"{seconds // 60:,} min"
