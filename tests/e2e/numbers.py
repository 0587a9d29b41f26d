"""Numbers as the page writes them."""

import re

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def number(text: str) -> float:
    """What a text such as ``−0.25`` or ``5.84·10⁻⁵`` says: thin spaces, a true minus, powers of ten."""
    plain = re.sub(r"[\s\u2009\u202f]", "", text).replace("−", "-")
    plain = re.sub(r"·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda power: "e" + power.group(1).translate(_SUPERSCRIPTS), plain)
    return float(plain)
