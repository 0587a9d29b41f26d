"""A graph in the making: nodes and, worked out apart from the check, the shape of what each gives."""

from dataclasses import dataclass, field
from random import Random


@dataclass
class Draft:
    """Nodes so far, shapes by source (a part of the data, a node or a port), and the kind of layer behind a state."""

    draw: Random
    shapes: dict[str, tuple[int, ...]]
    specs: list[dict] = field(default_factory=list)
    states: dict[str, tuple] = field(default_factory=dict)
    num_products: int = 0

    def append(self, spec, shape, inputs):
        """Adds a node; half of the time leaves its wiring out where the node before is meant anyway."""
        name = f"node{len(self.specs)}"
        last = self.specs[-1]["id"] if self.specs else "input"
        spec = {"id": name, **spec}
        if inputs != [last] or self.draw.random() < 0.5:
            spec["inputs"] = inputs
        self.specs.append(spec)
        self.shapes[name] = tuple(shape)
        return name

    def alike(self, wanted):
        """Sources whose shape passes a test."""
        return [name for name, shape in self.shapes.items() if wanted(shape)]

    def chance(self, share):
        return self.draw.random() < share


def size_of(shape):
    size = 1
    for extent in shape:
        size *= extent
    return size


def without(shape, axis):
    return shape[:axis] + shape[axis + 1 :]


def places(size, kernel, stride, padding, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def divisors(number, most=64):
    return [count for count in range(1, min(number, most) + 1) if number % count == 0]
