"""A network as a list of nodes, and what the check says of it."""

from typing import Annotated, Literal

from pydantic import Field

from layerlab_schemas.base import (
    Boolean,
    Count,
    Identifier,
    Name,
    NonNegative,
    Number,
    OpenSchema,
    PositiveCount,
    Schema,
)
from layerlab_schemas.problems import Problem

#: The name under which a graph refers to its data.
INPUT = "input"
#: The name of the second part of data that has one: for sequences to sequences, the target shifted by one step.
DECODER_INPUT = "decoder_input"

#: What a node reads: data, a node, or a port of a node, such as ``"encoder.state"``.
Source = Annotated[str, Field(min_length=1, max_length=96, pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[a-z_]+)?$")]

Shape = list[PositiveCount]


class InitSpec(OpenSchema):
    """How the weights of a layer start: a scheme and its own fields (``gain``, ``mode``, ``nonlinearity`` …)."""

    scheme: Name


class NodeSpec(OpenSchema):
    """One node. Fields beyond these five belong to the kind (``out_channels``, ``p`` …).

    Without ``inputs`` a node takes the node before it, the first one the data. ``"input"`` names the data, and
    ``"encoder.state"`` the port ``state`` of the node ``encoder``. Without ``id`` it is called after its kind and a
    count, ``relu_1``. Nodes of one ``block`` stand next to each other in the list and fold into one card.
    """

    kind: Name
    id: Identifier | None = None
    inputs: Annotated[list[Source], Field(min_length=1, max_length=64)] | None = None
    init: InitSpec | None = None
    block: Identifier | None = None


GraphSpec = Annotated[list[NodeSpec], Field(min_length=1, max_length=500)]


class CheckedNode(Schema):
    """What is known of a node before a single weight exists. Shapes leave the batch out."""

    id: Identifier
    kind: Name
    inputs: list[str] = Field(description="Names of the nodes it reads, the data being 'input'.")
    input_shapes: list[Shape]
    output_shape: Shape | None = Field(description="Null where an error keeps it from being known.")
    ports: dict[str, Shape] = Field(
        default={}, description="What it gives beside its output, by port: a recurrent layer's 'state'."
    )
    parameters: Count = 0
    parameter_shapes: dict[str, Shape] = {}
    multiply_adds: Count = Field(default=0, description="Of one sample, forward.")
    receptive_field: list[PositiveCount] | None = Field(
        default=None, description="Height and width in the input that one output position sees; null outside images."
    )
    memory_bytes: Count = Field(default=0, description="Parameters and the output of one sample, 4 bytes a number.")
    expected_std: NonNegative | None = Field(
        default=None, description="Standard deviation of its output at step 0 by theory; null where there is no rule."
    )


class CheckTotals(Schema):
    parameters: Count = 0
    multiply_adds: Count = 0
    memory_bytes: Count = 0


class DataMemory(Schema):
    """What the samples need while they are trained on, known before anything is loaded where the set can tell."""

    bytes: Count = Field(description="Of inputs and targets, raw and preprocessed.")
    limit: Count = Field(description="What a run may use for its data.")
    is_streamed: Boolean = Field(
        default=False, description="True where batches are read and preprocessed as they come, for want of memory."
    )


class CheckedData(Schema):
    """The data as the network will see it."""

    dataset: Name
    title: Name
    task: Name = Field(description="classification or regression")
    input_kind: Name = Field(description="image, points, tabular, sequence or video ([frames, channels, H, W])")
    input_shape: Shape
    input_is_index: Boolean = Field(default=False, description="True where inputs are whole numbers (tokens).")
    num_tokens: PositiveCount | None = Field(
        default=None, description="How many different tokens there are, 0 to num_tokens - 1; null where none."
    )
    padding_token: Count | None = Field(
        default=None, description="The token that fills up sequences of different length; null where none does."
    )
    has_decoder_input: Boolean = Field(
        default=False, description="True where nodes may also read 'decoder_input', which has the shape of the input."
    )
    output_shape: Shape = Field(
        description="What the last node must give: [classes], [steps, classes] for an answer at each step, or targets."
    )
    class_names: list[str] = []
    vocabulary: list[str] = Field(default=[], description="How each token is written; empty where there is no text.")
    feature_names: list[str] = Field(default=[], description="Of the columns of a table; empty for other data.")
    num_train: Count
    num_validation: Count
    value_range: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="Least and greatest value that a pixel can have before preprocessing."
    )
    is_held_out: Boolean = Field(
        default=False, description="True where the set has a validation part of its own; validation_fraction is idle."
    )
    memory: DataMemory | None = None


class Lack(Schema):
    """Why something cannot be measured in a network with its data."""

    text: str = Field(description="A sentence, such as 'This network has no dropout.'")
    offer: Literal["add_norm", "add_dropout"] | None = Field(
        default=None, description="What one click would add, so that it can be."
    )


class CheckResult(Schema):
    ok: Boolean
    data: CheckedData | None = None
    nodes: list[CheckedNode] = []
    totals: CheckTotals = CheckTotals()
    problems: list[Problem] = []
    lacking: dict[Name, Lack] = Field(
        default={}, description="Why a probe or an analysis, by name, finds nothing here. Those that do are not in it."
    )
