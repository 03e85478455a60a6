"""Questions to a person at a terminal, who answers with a number that has to be read first."""

import sys

from bland_deploy.cli.signals import read_answer


def can_ask() -> bool:
    """Whether anybody is there to be asked."""
    return sys.stdin.isatty()


def type_words(question: str, words: str) -> bool:
    """Whether the person typed just these words. Raises Interrupted at a signal."""
    return " ".join(read_answer(f"{question}: ", sys.stdin).split()) == words


def type_number(question: str, number: int) -> bool:
    """Whether the person typed just this number. Raises Interrupted at a signal."""
    return read_answer(f"{question}: ", sys.stdin).strip().replace(",", "") == str(number)
