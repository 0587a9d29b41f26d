"""Drawn short clips: a form moves, turns, grows or blinks, and which of these it does is the class."""

import math
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import NonNegative, Positive, PositiveCount
from pydantic import Field, field_validator
from torch import Tensor

from layerlab.datasets.base import DatasetKind, LoadedData, limit_numbers
from layerlab.datasets.drawing import even_classes
from layerlab.datasets.forms import FORMS
from layerlab.registry import Params

#: The classes, each with the part of the state that it moves and the way: x and y in image sides, angle in turns,
#: size and brightness in rounds. Angles turn either way by chance, and blinking has no way.
MOTIONS: dict[str, tuple[int, int]] = {
    "right": (0, 1), "left": (0, -1), "up": (1, 1), "down": (1, -1),
    "turning": (2, 1), "growing": (3, 1), "blinking": (4, 1), "shrinking": (3, -1),
}  # fmt: skip
#: What moves; each shows that it turns, which a circle would not.
ACTORS = ("triangle", "bar", "crescent")
#: Radius over the side of the image, of the smallest and of the largest form.
SMALLEST = 0.16
LARGEST = 0.44
#: Brightness of the faintest form; the ground is below 0.1.
FAINTEST = 0.2


class ClipsParams(Params):
    """What happens, for how long, and how it is drawn."""

    classes: Annotated[PositiveCount, Field(ge=2, le=len(MOTIONS))] = Field(
        default=7, description=f"How many motions, the first of: {', '.join(MOTIONS)}."
    )
    frames: Annotated[PositiveCount, Field(ge=4, le=32)] = Field(default=10, description="Frames of a clip.")
    size: Annotated[PositiveCount, Field(ge=8, le=64)] = Field(default=16, description="Pixels of a side.")
    colour: Literal["grey", "colour"] = Field(
        default="grey", description="One channel, or three with a colour for the form and one for the ground."
    )
    samples: Annotated[PositiveCount, Field(ge=10, le=20_000)] = Field(
        default=2400, description="How many clips, the classes in equal parts."
    )
    speed: Annotated[Positive, Field(ge=0.1, le=1.5)] = Field(
        default=1.0,
        description="How far a motion goes in a clip: 1 is once across the image, once around, or one blink.",
    )
    noise: Annotated[NonNegative, Field(le=1)] = Field(
        default=0.02, description="Standard deviation of the noise on each pixel of each frame; pixels run from 0 to 1."
    )

    @field_validator("samples")
    @classmethod
    def _fits(cls, samples: int, info: Any) -> int:
        channels = 3 if info.data.get("colour") == "colour" else 1
        return limit_numbers(samples, info.data.get("frames", 1) * channels * info.data.get("size", 1) ** 2)


class Clips(DatasetKind):
    """One form a clip, and one thing that it does.

    The state of the form (place, angle, size, brightness) is five numbers on circles, all uniform by chance; a motion
    carries one of them on at a steady pace. So every single frame is distributed alike whatever the class is, and only
    the order of frames tells them apart. What leaves the image on one side comes back on the other, and what has grown
    to the largest size starts again from the smallest.
    """

    kind = "clips"
    title = "Clips"
    help = "Short drawn videos: a form moves, turns, grows or blinks. One frame alone tells nothing of the class."
    formula = r"s_{t+1} = s_t + v\, e_{\text{class}} \pmod 1, \quad x_t = \operatorname{draw}(s_t) + \varepsilon_t"
    source = "Drawn here, after the moving forms of N. Srivastava, E. Mansimov, R. Salakhutdinov, ICML 2015"
    group = "Video"
    task = "classification"
    input_kind = "video"
    Params = ClipsParams
    example: ClassVar[dict[str, Any]] = {"dataset": "clips", "params": {"size": 8, "frames": 5, "samples": 140}}

    def load(self, params: ClipsParams, *, seed: int) -> LoadedData:
        """Clips [N, frames, 1 or 3, size, size] of 0…1."""
        generator = torch.Generator().manual_seed(seed)
        names = tuple(MOTIONS)[: params.classes]
        classes_n = even_classes(params.samples, params.classes, generator)
        pace_n = params.speed / params.frames * (0.75 + 0.5 * torch.rand(params.samples, generator=generator))
        state_nt5 = states(classes_n, names, pace_n, params.frames, generator)
        cover_nthw = covers(state_nt5, params.size, generator)
        return LoadedData(
            inputs=film(cover_nthw, state_nt5[..., 4], params.colour, params.noise, generator),
            targets=classes_n,
            task="classification",
            input_kind="video",
            class_names=names,
            value_range=(0.0, 1.0),
        )


def states(
    classes_n: Tensor, names: tuple[str, ...], pace_n: Tensor, frames: int, generator: torch.Generator
) -> Tensor:
    """[N, T, 5] of 0…1: x, y, angle, size and brightness of the form, each on a circle.

    Args:
        classes_n: What each form does, a place in ``names``.
        names: Of motions.
        pace_n: How far it gets from one frame to the next.
        frames: T.
        generator: Where the first state comes from, and the way of turning.
    """
    count = len(classes_n)
    start_n5 = torch.rand(count, 5, generator=generator)
    either_n = 2.0 * torch.randint(2, (count,), generator=generator) - 1
    velocity_k5 = torch.zeros(len(names), 5)
    for row, name in enumerate(names):
        part, way = MOTIONS[name]
        velocity_k5[row, part] = way
    velocity_n5 = velocity_k5[classes_n] * pace_n[:, None]
    velocity_n5[:, 2] *= either_n
    return (start_n5[:, None] + torch.arange(frames)[None, :, None] * velocity_n5[:, None]).remainder(1)


def covers(state_nt5: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """[N, T, H, W] of 0…1: how much of each pixel the form covers."""
    x, y, angle, scale, _ = (part[..., None, None] for part in state_nt5.unbind(-1))
    radius = size * (SMALLEST + (LARGEST - SMALLEST) * scale)
    pixel = (torch.arange(size) + 0.5) / size
    # The nearest way to the middle of the form, which may lead over the edge of the image.
    across = ((pixel[None, :] - x + 0.5).remainder(1) - 0.5) * size / radius
    up = ((1 - pixel[:, None] - y + 0.5).remainder(1) - 0.5) * size / radius
    cos, sin = (2 * math.pi * angle).cos(), (2 * math.pi * angle).sin()
    own_x, own_y = cos * across + sin * up, cos * up - sin * across
    form_n = torch.randint(len(ACTORS), (len(state_nt5),), generator=generator)
    distance = torch.empty_like(own_x)
    for number, name in enumerate(ACTORS):
        chosen_m = (form_n == number).nonzero()[:, 0]
        distance[chosen_m] = FORMS[name](own_x[chosen_m], own_y[chosen_m])
    return (0.5 - distance * radius).clamp(0, 1)


def film(cover_nthw: Tensor, phase_nt: Tensor, colour: str, noise: float, generator: torch.Generator) -> Tensor:
    """[N, T, 1 or 3, H, W] of 0…1: the form on its ground, as bright as its phase says, and noise on each frame.

    Brightness falls and rises once in a round. Colours are those of the whole clip.
    """
    channels = 3 if colour == "colour" else 1
    shape = (len(cover_nthw), 1, channels, 1, 1)
    ground = 0.1 * torch.rand(shape, generator=generator)
    tint = 0.5 + 0.5 * torch.rand(shape, generator=generator)
    # One channel is the full one, so that all forms stand out.
    full = torch.randint(channels, (len(cover_nthw), 1, 1, 1, 1), generator=generator)
    tint = torch.where(torch.arange(channels)[:, None, None] == full, 1.0, tint)
    bright_nt = FAINTEST + (1 - FAINTEST) * (2 * phase_nt - 1).abs()
    ink = torch.maximum(ground, tint * bright_nt[:, :, None, None, None])
    clip = ground + cover_nthw[:, :, None] * (ink - ground)
    return (clip + noise * torch.randn(clip.shape, generator=generator)).clamp(0, 1)
