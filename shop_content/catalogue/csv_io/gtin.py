"""GTINs: the number under a bar code."""

from __future__ import annotations

GTIN_LENGTHS = (8, 12, 13, 14)


def is_valid_gtin(digits: str) -> bool:
    """Tell whether the text is a GTIN of 8, 12, 13 or 14 digits with a right check digit.

    Source: GS1 General Specifications, section 7.9 (weights 3 and 1 from the right).
    """
    if len(digits) not in GTIN_LENGTHS or not (digits.isascii() and digits.isdecimal()):
        return False
    body = [int(digit) for digit in reversed(digits[:-1])]
    total = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return (10 - total % 10) % 10 == int(digits[-1])
