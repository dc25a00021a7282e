"""Findings as the database and files keep them."""

from __future__ import annotations

from typing import Any

from shop_content.checks.rules.base import Finding, Severity


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return the finding as JSON data."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": _plain(finding.message),
        "start": finding.start,
        "end": finding.end,
        "template": finding.template,
        "params": {name: _plain(value) for name, value in finding.params},
    }


def finding_from_data(data: dict[str, Any]) -> Finding:
    """Return the finding that `finding_data` wrote."""
    return Finding(
        rule=data["rule"],
        severity=Severity(data["severity"]),
        message=data["message"],
        start=data["start"],
        end=data["end"],
        template=data.get("template", ""),
        params=tuple(data.get("params", {}).items()),
    )


def _plain(text: str) -> str:
    """Return the text without NUL and lone surrogates, which PostgreSQL's JSON refuses."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
