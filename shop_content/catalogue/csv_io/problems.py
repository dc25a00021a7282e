"""What is wrong with a file or a row, as a sentence that can be translated."""

from __future__ import annotations

from dataclasses import dataclass, field


def gettext_noop(message: str) -> str:
    """Mark a message for translation; this package knows nothing of Django."""
    return message


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason with what to do about it; the page shows gettext(template) % params."""

    template: str
    params: dict[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.params


class FileRefusedError(Exception):
    """The file as a whole cannot be read; `problem` says why."""

    def __init__(self, template: str, **params: str | int) -> None:
        self.problem = Problem(template, params)
        super().__init__(str(self.problem))


class CellError(Exception):
    """A cell cannot be taken; `problem` says why."""

    def __init__(self, template: str, **params: str | int) -> None:
        self.problem = Problem(template, params)
        super().__init__(str(self.problem))
