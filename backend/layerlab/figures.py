"""Numbers in sentences: three significant digits, powers of ten, shares."""

from math import floor, isfinite, log10

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figure(value: float) -> str:
    """Three significant digits with a true minus: 0.0123, 4.5·10⁻⁷, NaN."""
    if not isfinite(value):
        return "NaN" if value != value else "infinity"
    if value == 0:
        return "0"
    power = floor(log10(abs(value)))
    if -4 <= power < 5:
        digits = max(0, 2 - power)
        text = f"{value:.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else f"{float(f'{value:.3g}'):.0f}"
    else:
        front = f"{float(f'{value / 10**power:.3g}'):g}·".removeprefix("1·")
        text = f"{front}10{str(power).translate(_RAISED)}"
    return text.replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """A share as whole percent: 48 %. What is not all is never called 100 %."""
    shown = min(99, round(100 * share)) if share < 1 else 100
    return f"{shown}\N{NO-BREAK SPACE}%"


def count(number: int) -> str:
    """A count, thousands apart by a thin space."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def counted(number: float, one: str) -> str:
    """A number with what it counts: 1 row, 1 200 rows, 0.5 seconds."""
    whole = count(int(number)) if float(number).is_integer() else f"{number:g}"
    return f"{whole} {one if number == 1 else f'{one}s'}"
