"""The network as a class: one attribute for each node, and ``forward`` written out in the order of the nodes."""

from collections.abc import Iterator
from dataclasses import dataclass

from layerlab_schemas.graph import DECODER_INPUT, INPUT

from layerlab.export.names import attribute_names, value_names
from layerlab.graph.plan import Plan, PlannedNode, mask_of
from layerlab.layers.base import Code


@dataclass(frozen=True)
class ModelText:
    """The class, the helper classes before it, and the attribute of each node that has a module."""

    text: str
    definitions: dict[str, str]
    attributes: dict[str, str]


def write_model(plan: Plan) -> ModelText:
    """A ``Model`` that computes what our network does, its parameters in the same order under the same names."""
    codes = {node.id: node.layer.code(node.params, node.read_shapes) for node in plan.nodes}
    attributes = attribute_names(node.id for node in plan.nodes)
    definitions: dict[str, str] = {}
    for code in codes.values():
        definitions |= code.definitions
    lines = [
        "class Model(nn.Module):",
        f'    """{_summary(plan)}"""',
        "",
        *_constructor(codes, attributes),
        "    def forward(self, x: Tensor) -> Tensor:",
        *(f"        {line}" for line in _forward(plan, codes, attributes)),
    ]
    with_module = {node: attributes[node] for node, code in codes.items() if code.module is not None}
    return ModelText("\n".join(lines), definitions, with_module)


def _summary(plan: Plan) -> str:
    shapes = [plan.data.input_shape, plan.by_id[plan.output].output_shape]
    read, given = (", ".join(map(str, ["N", *shape])) for shape in shapes)
    return f"[{read}] → [{given}]."


def _constructor(codes: dict[str, Code], attributes: dict[str, str]) -> list[str]:
    modules = [f"        self.{attributes[node]} = {code.module}" for node, code in codes.items() if code.module]
    if not modules:
        return []
    return ["    def __init__(self) -> None:", "        super().__init__()", *modules, ""]


def _forward(plan: Plan, codes: dict[str, Code], attributes: dict[str, str]) -> Iterator[str]:
    sources = [node.id for node in plan.nodes]
    ports = [f"{node.id}.{port}" for node in plan.nodes for port in node.layer.output_ports]
    flat = {port: port.replace(".", "_") for port in ports}
    names = value_names([*sources, *flat.values()])
    values = {source: names[source] for source in sources} | {port: names[flat[port]] for port in ports}
    names_of_data = value_names([*names.values(), "x", DECODER_INPUT, "mask", "decoder_mask"])
    values |= {INPUT: names_of_data["x"], DECODER_INPUT: names_of_data[DECODER_INPUT]}
    masks = {INPUT: names_of_data["mask"], DECODER_INPUT: names_of_data["decoder_mask"]}
    yield from _prepared(plan, values, masks)
    read = {source for node in plan.nodes for source in node.inputs}
    for node in plan.nodes:
        yield f"{_given(node, values, read)} = {_call(node, plan, codes[node.id], attributes[node.id], values, masks)}"
    yield f"return {values[plan.output]}"


def _prepared(plan: Plan, values: dict[str, str], masks: dict[str, str]) -> Iterator[str]:
    """The data under its names, and which of its steps are real."""
    parts = [INPUT]
    if plan.data.has_decoder_input:
        parts.append(DECODER_INPUT)
        yield f"{values[INPUT]}, {values[DECODER_INPUT]} = x[:, 0], x[:, 1]"
    elif values[INPUT] != "x":
        yield f"{values[INPUT]} = x"
    if any(node.layer.reads_masks for node in plan.nodes) and plan.data.padding_token is not None:
        for part in parts:
            yield f"{masks[part]} = {values[part]} != {plan.data.padding_token}"


def _given(node: PlannedNode, values: dict[str, str], read: set[str]) -> str:
    ports = [f"{node.id}.{port}" for port in node.layer.output_ports]
    return ", ".join([values[node.id], *(values[port] if port in read else "_" for port in ports)])


def _call(
    node: PlannedNode, plan: Plan, code: Code, attribute: str, values: dict[str, str], masks: dict[str, str]
) -> str:
    inputs = [values[source] for source in node.inputs]
    if node.frames is not None:
        frames = [f"{value}.flatten(0, 1)" for value in inputs]
        given = code.call.replace(", masks={masks}", "").format(*frames, self=f"self.{attribute}")
        return f"{given}.unflatten(0, (-1, {node.frames}))  # frame by frame"
    sources = [mask_of(source, plan.masks) for source in node.inputs]
    if plan.data.padding_token is None or not any(sources):
        return code.call.replace(", masks={masks}", "").format(*inputs, self=f"self.{attribute}")
    told = [str(None) if source is None else masks[source] for source in sources]
    given_masks = f"({', '.join(told)}{',' if len(told) == 1 else ''})"
    return code.call.format(*inputs, self=f"self.{attribute}", masks=given_masks)
