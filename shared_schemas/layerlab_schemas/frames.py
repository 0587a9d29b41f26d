"""Frames: what a probe measured at one step, in a shape that tells how to draw it.

On the stream a frame is message pack and each array travels as its bytes (``PackedArray``); by REST it is JSON and the
arrays are nested lists. A panel is chosen by ``data_shape``, never by the name of the probe.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from layerlab_schemas.base import Boolean, Count, Integer, Name, PositiveCount, Schema


class DataShape(StrEnum):
    HISTOGRAM = "histogram"
    IMAGE_GRID = "image_grid"
    CHANNELS = "channels"
    MATRIX = "matrix"
    SURFACE = "surface"
    LINES = "lines"
    HEATMAP = "heatmap"
    SCATTER = "scatter"
    EXAMPLES = "examples"
    TEXT = "text"
    LANDSCAPE = "landscape"
    STEP = "step"
    SAMPLES = "samples"


class PackedArray(Schema):
    """A numeric array as bytes, row-major, little-endian."""

    dtype: Literal["float32", "float64", "int32", "uint8"]
    shape: list[Count]
    data: bytes


#: Nested lists in JSON, a PackedArray on the stream.
Array = PackedArray | list[Any]


class HistogramItem(Schema):
    """The distribution of one tensor. ``std`` is over all elements (not the sample estimate)."""

    node: Name
    parameter: Name | None = None
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    zeros: float = Field(description="Share of elements equal to 0.")
    saturated: float | None = Field(default=None, description="Share beyond 0.99 of the range; null where unbounded.")
    dead: float | None = Field(
        default=None, description="Share of units that are 0 on the whole batch; ReLU-like only."
    )
    num_elements: Count
    num_measured: Count = Field(description="Elements measured; fewer than num_elements where a sample was taken.")
    non_finite: Count = Field(default=0, description="Elements that are NaN or infinite, left out of the rest.")
    dead_since: Count | None = Field(
        default=None, description="Step since which the share of dead units has not fallen; null where none is dead."
    )
    ratio: float | None = Field(
        default=None, description="Of an update: its norm over the norm of the parameter that it moved."
    )
    edges: Array
    counts: Array


class PixelField(Schema):
    """The receptive field on the input image of each pixel of a map, clipped at its border: a rectangle.

    Pixel [i, j] sees the input from rows[i][0] to rows[i][1] and columns[j][0] to columns[j][1], both ends included;
    where the first is greater than the last it sees only padding.
    """

    rows: Array
    columns: Array


class PixelRule(Schema):
    """How one number of a node follows from the numbers of the nodes that it reads."""

    op: Literal["conv", "conv_transpose", "max", "mean", "mean_of_map", "batch_norm", "sum", "function", "copy"]
    title: Name = Field(description="As PyTorch writes it: Conv2d, ReLU.")
    inputs: list[Name] = Field(description="Nodes that it reads; 'input' is the data as the network reads them.")
    kernel: list[Count] = Field(default=[], description="[height, width], as the next three.")
    stride: list[Count] = []
    padding: list[Integer] = Field(default=[], description="Pixels of padding above and at the left.")
    dilation: list[Count] = []
    groups: PositiveCount = 1
    counts_padding: Boolean = Field(default=True, description="Of a mean: padding counts as zeros in it.")
    eps: float = 0.0


class ImageGridItem(Schema):
    """N small images of one scale, [N, C, H, W]: filters, feature maps, or units as 1 by 1 images."""

    node: Name
    parameter: Name | None = None
    images: Array
    total: Count = Field(description="How many there are; more than N when not all are sent.")
    signed: Boolean
    low: float
    high: float
    num_channels: Count | None = Field(
        default=None, description="Channels that each image has; more than C when not all are sent. Null: C."
    )
    in_colour: Boolean = Field(default=False, description="The three channels are red, green and blue of the data.")
    names: list[str] = Field(default=[], description="What each image is, such as a class; empty: they are numbered.")
    frames: PositiveCount | None = Field(
        default=None, description="Of a clip: each image is there once for each frame, one frame behind the other."
    )
    field: PixelField | None = None
    rule: PixelRule | None = None


class ChannelsItem(Schema):
    """Statistics of a normalisation layer per channel (or group); what a kind does not have is null."""

    node: Name
    kind: Name
    axes: str = Field(description="Which axes share one mean and variance, such as 'N, H, W'.")
    batch_mean: Array | None = None
    batch_var: Array | None = None
    running_mean: Array | None = None
    running_var: Array | None = None
    weight: Array | None = None
    bias: Array | None = None
    total: Count | None = Field(default=None, description="Channels (or groups) that there are; more may be than sent.")
    input_shape: list[Count] | None = Field(default=None, description="Shape of one sample that it reads.")
    num_groups: Count | None = Field(default=None, description="Of a group norm.")
    momentum: float | None = Field(default=None, description="Share of the new batch in the running statistics.")


class MatrixItem(Schema):
    """Counts or values by row and column, such as a confusion matrix (rows: true, columns: predicted)."""

    row_title: Name
    column_title: Name
    row_names: list[str]
    column_names: list[str]
    values: Array


class SurfaceItem(Schema):
    """The output over a plane of two inputs: values [classes or 1, H, W] on a grid from x[0] to x[1], y[0] to y[1]."""

    node: Name
    x: Annotated[list[float], Field(min_length=2, max_length=2)]
    y: Annotated[list[float], Field(min_length=2, max_length=2)]
    values: Array


class LineSeries(Schema):
    """One curve over the x of its item; ``low`` and ``high`` are the edges of a band around it."""

    name: Name
    y: Array = Field(description="A number that was not measured is NaN, and leaves a gap.")
    low: Array | None = None
    high: Array | None = None
    role: Literal["train", "validation", "reference"] | None = Field(
        default=None, description="Draws it in the colour of its role; a reference is dotted."
    )


class LinesItem(Schema):
    """Curves over an x of their own: gradient norm by depth, a ROC curve, singular values."""

    node: Name = Field(description="The layer, or what the curves are of.")
    x_title: Name
    y_title: Name
    x: Array
    x_names: list[str] | None = Field(default=None, description="Names of the places on x, where they are no numbers.")
    series: list[LineSeries]
    mark: Literal["line", "points", "bars"] = "line"
    log_x: Boolean = False
    log_y: Boolean = False
    note: str | None = Field(default=None, description="A sentence or two on what is seen, or why something is not.")


class HeatmapItem(Schema):
    """Numbers by row and column: values of units over a sequence, weights of attention. values [R, C].

    A value that is NaN is drawn as empty.
    """

    node: Name
    title: Name = Field(description="What of the node it is, such as 'forget gate' or 'head 2'.")
    row_title: Name
    column_title: Name
    row_names: list[str] | None = None
    column_names: list[str] | None = None
    values: Array
    signed: Boolean
    low: float
    high: float
    total_rows: Count | None = Field(default=None, description="How many rows there are; more than R when not all.")
    total_columns: Count | None = Field(default=None, description="The same of columns.")
    lifts_small: Boolean = Field(
        default=False, description="Shares of a whole: the scale is bent so that small ones are seen too."
    )


class ScatterItem(Schema):
    """Points of a plane: embeddings in 2-D, predictions against targets."""

    node: Name
    x_title: Name
    y_title: Name
    x: Array
    y: Array
    names: list[str] | None = Field(default=None, description="What each point is, for hover; drawn where few.")
    classes: Array | None = Field(default=None, description="Class number of each point, int32.")
    class_names: list[str] = []
    diagonal: Boolean = Field(default=False, description="Draw y = x as a reference.")
    samples: Array | None = Field(
        default=None, description="Place of each point in its part of the data, int32, where points are samples."
    )
    note: str | None = Field(default=None, description="One number that sums the points up, such as 'R² 0.93'.")


class Example(Schema):
    """One sample with what the network makes of it."""

    index: Count = Field(description="Its place in its part of the data.")
    image: Array | None = Field(
        default=None, description="[C, H, W] before preprocessing; of a clip the frame in the middle."
    )
    frames: Array | None = Field(default=None, description="Of a clip, [T, C, H, W] before preprocessing.")
    heat: Array | None = Field(default=None, description="[H, W] from 0 to 1, to be laid over the image.")
    text: str | None = None
    caption: str | None = None
    label: str | None = None
    prediction: str | None = None
    probability: float | None = None
    loss: float | None = None
    value: float | None = Field(default=None, description="What it was chosen by, such as the value of a unit.")
    box: Annotated[list[Count], Field(min_length=4, max_length=4)] | None = Field(
        default=None, description="A rectangle to mark on the image: top, left, height, width in pixels."
    )
    wrong: Boolean | None = Field(default=None, description="Null where there is no right or wrong, as for numbers.")


class ExamplesItem(Schema):
    """A group of samples, such as the ones with the largest loss; ``low`` and ``high`` are the ends of their values."""

    node: Name = Field(description="The layer, or the name of the group.")
    title: Name
    examples: list[Example]
    low: float = 0.0
    high: float = 1.0


class SamplesItem(Schema):
    """What the network makes of every sample of one part of the data: arrays of one length, without the samples."""

    node: Name = Field(description="train or validation")
    index: Array = Field(description="Place of each in its part, int32.")
    label: Array = Field(description="Class number, int32, or the number to tell, float32; −1 and NaN: several.")
    prediction: Array = Field(description="As the label.")
    loss: Array = Field(description="float32; what is not finite is NaN.")
    probability: Array | None = Field(default=None, description="Of the predicted class, float32.")
    wrong: Array | None = Field(default=None, description="uint8; null where there is no right or wrong.")
    has_classes: Boolean = True


class TextItem(Schema):
    """Words that the network wrote, with what it was given first."""

    node: Name
    title: Name
    prompt: str = ""
    text: str


class LandscapePath(Schema):
    """The way of the weights, projected into the plane."""

    steps: list[Count]
    x: Array
    y: Array
    values: Array | None = Field(default=None, description="What was measured at these places themselves.")
    away: Array | None = Field(default=None, description="Distance from the plane, over the distance from its middle.")


class LandscapeItem(Schema):
    """Loss over one or two directions: values [H, W] over x [W] and y [H]; H is 1 for one direction."""

    node: Name
    x_title: Name
    y_title: Name
    x: Array
    y: Array
    values: Array = Field(description="NaN where it was not finite.")
    paths: dict[str, LandscapePath] = Field(default={}, description="By name, such as the name of an optimizer.")
    log: Boolean = Field(default=False, description="Values span so much that a log scale shows them best.")
    value_title: Name = "loss"
    place: list[float] | None = Field(default=None, description="Where the weights are now, [x, y].")
    value: float | None = Field(default=None, description="The value at that place.")
    plays: Boolean = Field(default=False, description="The paths are drawn step by step when somebody presses play.")
    minima: list[list[float]] = Field(default=[], description="Known lowest points, each [x, y].")
    note: str | None = Field(default=None, description="What else one must know to read it.")


class StepTerm(Schema):
    """One row of numbers, such as weight, input and their product; null where a number is not finite."""

    name: str
    numbers: list[float | None]


class StepValue(Schema):
    """One number of a formula."""

    symbol: str = Field(description="LaTeX.")
    value: float | None = Field(description="Null where it is not finite, or not there.")
    text: str = Field(default="", description="What it is, in a few words.")


class StepItem(Schema):
    """One phase of an optimizer step: what happens at one place, with the numbers of one unit."""

    phase: Literal["batch", "forward", "loss", "backward", "update"]
    node: Name = Field(description="The layer; the name of the phase where it is at none.")
    title: Name
    formula: str | None = Field(default=None, description="LaTeX.")
    input_shapes: list[list[Count]] = []
    output_shape: list[Count] = []
    columns: list[str] = Field(default=[], description="What the numbers of the terms are, LaTeX.")
    terms: list[StepTerm] = Field(default=[], description="The largest ones, in their order.")
    num_terms: Count = Field(default=0, description="How many terms there are; more than are listed.")
    rest: float | None = Field(default=None, description="Sum of the last numbers of the terms that are not listed.")
    values: list[StepValue] = []
    output: Array | None = Field(
        default=None, description="What the node gave for the followed sample, or the gradient of it: [F], [T, F], …"
    )
    chosen: Count | None = Field(default=None, description="Place in ``output``, row by row, of the unit it is about.")
    samples: list[Count] = Field(default=[], description="Places in the training part of the samples of the batch.")
    note: str | None = None


class SampleView(Schema):
    """The one sample that the pictures in the network show."""

    index: Count
    text: str | None = Field(default=None, description="The tokens as text, where the data has words for them.")
    label: str | None = None
    prediction: str | None = None
    probability: float | None = None


class FrameHeader(Schema):
    """What every frame says of itself: nothing is shown without step, split and mode."""

    run: Name
    probe: Name
    data_shape: DataShape
    step: Count
    split: Literal["train", "validation"] | None = Field(description="Null where no data is involved, as for weights.")
    mode: Literal["train", "eval"] | None
    num_samples: Count
    sample: SampleView | None = None
    params: dict[str, Any] | None = Field(default=None, description="Of an analysis: the fields that made it.")
    lack: str | None = Field(default=None, description="Where there are no items: why there is nothing at this step.")


class Frame(FrameHeader):
    items: (
        list[HistogramItem]
        | list[ImageGridItem]
        | list[ChannelsItem]
        | list[MatrixItem]
        | list[SurfaceItem]
        | list[LinesItem]
        | list[HeatmapItem]
        | list[ScatterItem]
        | list[ExamplesItem]
        | list[TextItem]
        | list[LandscapeItem]
        | list[StepItem]
        | list[SamplesItem]
    )


class FrameList(Schema):
    """Recorded steps of one probe, and their frames when asked for."""

    probe: Name
    steps: list[Integer]
    frames: list[Frame] = []
