"""How a merchant wants the rules: which only inform or are off, and in which channels it sells."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shop_content.checks.rules import RULES_VERSION, Finding, Severity

NOTE, OFF = "note", "off"


@dataclass(frozen=True, slots=True)
class MerchantRules:
    """The rules as one merchant wants them; as made, they are as they come."""

    modes: Mapping[str, str] = field(default_factory=dict)  # rule: NOTE or OFF
    channels: tuple[str, ...] = ()
    version: int = 0  # counts the merchant's changes

    @property
    def rules_version(self) -> str:
        """Return what a verdict is stored with: the rules' version, and that of the changes."""
        return f"{RULES_VERSION}/{self.version}" if self.version else RULES_VERSION

    def applied(
        self, findings: Sequence[Finding], *, always: Container[str] = frozenset()
    ) -> list[Finding]:
        """Return the findings without those of rules that are off; notes block and warn no more.

        Args:
            findings: of all rules.
            always: rules that are on here, however they are set.
        """
        found = []
        for mark in findings:
            mode = None if mark.rule in always else self.modes.get(mark.rule)
            if mode == NOTE:
                found.append(replace(mark, severity=Severity.INFO))
            elif mode != OFF:
                found.append(mark)
        return found
