"""Functions of two variables on which optimizers show their ways."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class TestSurface:
    """One function.

    Attributes:
        title: As it is known.
        value: f(x, y), for numbers or grids of them.
        x: The part that is drawn.
        y: The same.
        start: Where a way begins unless somebody chooses.
        minima: The lowest points, as far as there are any.
        lr: A rate at which plain gradient descent is stable from ``start``.
        log: Its values span so much that a log scale shows them best.
    """

    __test__ = False  # no test, for pytest

    title: str
    value: Callable[[Tensor, Tensor], Tensor]
    x: tuple[float, float]
    y: tuple[float, float]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    lr: float
    log: bool = False


def ravine(x: Tensor, y: Tensor) -> Tensor:
    """½ (x² + 25 y²): 25 times as steep across as along."""
    return 0.5 * (x**2 + 25 * y**2)


def saddle(x: Tensor, y: Tensor) -> Tensor:
    """½ x² − ½ y² + ¼ y⁴: a saddle at the origin, minima at (0, ±1)."""
    return 0.5 * x**2 - 0.5 * y**2 + 0.25 * y**4


def rosenbrock(x: Tensor, y: Tensor) -> Tensor:
    """(1 − x)² + 100 (y − x²)²: a bent valley, easy to find and hard to follow (Rosenbrock 1960)."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(x: Tensor, y: Tensor) -> Tensor:
    """Flat ground with steep corners (Beale 1958)."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def himmelblau(x: Tensor, y: Tensor) -> Tensor:
    """(x² + y − 11)² + (x + y² − 7)²: four minima, all of them 0 (Himmelblau 1972)."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


SURFACES: dict[str, TestSurface] = {
    "ravine": TestSurface(
        title="ravine", value=ravine, x=(-5, 2), y=(-2, 2), start=(-4.5, 1.5), minima=((0, 0),), lr=0.07
    ),
    "saddle": TestSurface(
        title="saddle", value=saddle, x=(-2.5, 2.5), y=(-1.6, 1.6), start=(2, 1e-3), minima=((0, -1), (0, 1)), lr=0.03
    ),
    "rosenbrock": TestSurface(
        title="Rosenbrock", value=rosenbrock, x=(-2, 2), y=(-1, 3), start=(-1.5, 2.5), minima=((1, 1),), lr=0.0005,
        log=True,
    ),
    "beale": TestSurface(
        title="Beale", value=beale, x=(-1, 4.5), y=(-2, 2), start=(1, 1.5), minima=((3, 0.5),), lr=0.002, log=True
    ),
    "himmelblau": TestSurface(
        title="Himmelblau", value=himmelblau, x=(-5, 5), y=(-5, 5), start=(0, 0),
        minima=((3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)), lr=0.005, log=True,
    ),
}  # fmt: skip
