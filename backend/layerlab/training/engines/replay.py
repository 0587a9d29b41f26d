"""A forward and backward pass of a small network, written down once and then replayed without autograd's bookkeeping.

For a network of a few hundred weights PyTorch spends most of a step on deciding what to do, not on doing it. So the
operations that autograd makes for a batch of one shape are written down (``make_fx``), stripped of what changes nothing
(detaching, transposing twice, views of weights, which stay views of the same memory), and from then on simply called.
They are the same kernels in the same order, so loss, output and gradients are the same bits: this is looked at before a
replay is used, and what differs in a single bit is not used.
"""

import logging
import operator
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import make_fx

log = logging.getLogger(__name__)
aten = torch.ops.aten

#: Loss, output and gradients of a batch: what is written down.
Pass = Callable[[Tensor, Tensor], tuple[Tensor, ...]]

#: The same kernels behind a shorter call.
_SHORTER: dict[Any, Callable[..., Any]] = {
    aten.mm.default: torch.mm,
    aten.addmm.default: torch.addmm,
    aten.bmm.default: torch.bmm,
    aten.t.default: torch.t,
    aten.tanh.default: torch.tanh,
    aten.sigmoid.default: torch.sigmoid,
    aten.relu.default: torch.relu,
    aten.mul.Tensor: torch.mul,
    aten.add.Tensor: torch.add,
    aten.sub.Tensor: torch.sub,
    aten.sum.dim_IntList: torch.sum,
    aten.sum.default: torch.sum,
    aten.mean.default: torch.mean,
    aten.abs.default: torch.abs,
    aten.argmax.default: torch.argmax,
    aten.gt.Scalar: torch.gt,
    aten.eq.Tensor: torch.eq,
    aten._log_softmax.default: torch._log_softmax,
    aten._log_softmax_backward_data.default: torch._log_softmax_backward_data,
    aten.binary_cross_entropy_with_logits.default: torch.binary_cross_entropy_with_logits,
    aten.mse_loss.default: torch._C._nn.mse_loss,
}
_REDUCED = {aten.binary_cross_entropy_with_logits.default, aten.mse_loss.default}
_METHODS = {aten.view.default: "view", aten.select.int: "select", aten.unsqueeze.default: "unsqueeze"}
#: A view of a weight stays one while the weight changes in place.
_VIEWS = {aten.t.default, aten.view.default, aten.transpose.int, aten.permute.default, aten.unsqueeze.default}
_MOST_OPERATIONS = 500
#: Writing down takes as long as some hundred passes.
_WORTH_IT_AFTER = 200


@dataclass(frozen=True)
class Replay:
    """A pass that was written down, for batches of one shape and type.

    Attributes:
        run: What was written down.
        held: Weights and views of them.
        mark: A weight as the network has it, and
        address: where its numbers lay then. An engine that lays weights out anew does so with all of them.
    """

    run: Callable[..., tuple[Tensor, ...]]
    held: tuple[Tensor, ...]
    mark: Tensor | None
    address: int

    @property
    def is_current(self) -> bool:
        """False once the weights lie elsewhere in memory: what is held is then not the network's."""
        return self.mark is None or self.mark.data_ptr() == self.address

    def __call__(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, ...]:
        """Loss, output, then the gradient of each parameter."""
        with torch.no_grad():
            return self.run(inputs, targets, *self.held)


class Replays:
    """The replays of one network, one for each shape of batch that comes often.

    Args:
        one_pass: Draws no random numbers and changes nothing but what it gives.
    """

    def __init__(self, one_pass: Pass) -> None:
        self._pass = one_pass
        self._seen: Counter[Hashable] = Counter()
        self._found: dict[Hashable, Replay | None] = {}

    def find(self, inputs: Tensor, targets: Tensor) -> Replay | None:
        """The replay for a batch, where there is one; after so many of its shape it is made."""
        key = (inputs.shape, targets.shape)
        found = self._found.get(key)
        if found is None and key in self._found:
            return None
        if found is None or not found.is_current:
            self._seen[key] += 1
            if self._seen[key] < _WORTH_IT_AFTER:
                return None
            found = self._found[key] = written_down(self._pass, inputs, targets)
        return found

    def forget(self) -> None:
        """The network computes something else from now on."""
        self._found.clear()
        self._seen.clear()


def written_down(one_pass: Pass, inputs: Tensor, targets: Tensor) -> Replay | None:
    """The replay of a pass; None where it cannot be written down or would not give the very same bits.

    Args:
        one_pass: Draws no random numbers and changes nothing but what it gives.
        inputs: [B, …] a batch of the shape that it is wanted for, and
        targets: its targets.
    """
    try:
        traced = make_fx(lambda *batch: one_pass(*batch))(inputs, targets)
        replay = _made(traced, inputs, targets)
    except Exception:  # whatever cannot be traced is computed in the usual way
        log.debug("The pass could not be written down", exc_info=True)
        return None
    if replay is None:
        return None
    batches = [(inputs, targets), (inputs.roll(1, 0), targets.roll(1, 0))]
    same = all(_same(one_pass(*batch), replay(*batch)) for batch in batches)
    return replay if same else None


def _same(expected: Sequence[Tensor], got: Sequence[Tensor]) -> bool:
    pairs = zip(expected, got, strict=True)
    return all(torch.equal(one, other) and one.stride() == other.stride() for one, other in pairs)


def _made(traced: fx.GraphModule, inputs: Tensor, targets: Tensor) -> Replay | None:
    graph = traced.graph
    if len(graph.nodes) > _MOST_OPERATIONS:
        return None
    interpreter = fx.Interpreter(traced, garbage_collect_values=False)
    with torch.no_grad():
        interpreter.run(inputs, targets)
    values = interpreter.env
    mark = next((values[node] for node in graph.nodes if node.op == "get_attr"), None)
    _strip(graph)
    _simplify(graph, values)
    held = _hold(graph, values)
    _shorten(graph)
    graph.eliminate_dead_code()
    graph.lint()
    traced.recompile()
    return Replay(traced.forward, held, mark, 0 if mark is None else mark.data_ptr())


def _strip(graph: fx.Graph) -> None:
    """Takes out what gives what it gets."""
    for node in list(graph.nodes):
        given = node.args[0] if node.args else None
        if node.target is aten.detach.default:
            node.replace_all_uses_with(given)
            graph.erase_node(node)
        elif node.target is aten.t.default and isinstance(given, fx.Node) and given.target is aten.t.default:
            node.replace_all_uses_with(given.args[0])
            graph.erase_node(node)


def _simplify(graph: fx.Graph, values: dict[fx.Node, Any]) -> None:
    """Says the same numbers with fewer kernels."""
    picked: dict[Any, fx.Node] = {}
    for node in list(graph.nodes):
        given = [one for one in node.args if isinstance(one, fx.Node)]
        if node.target is aten.select.int and picked.setdefault(node.args, node) is not node:
            node.replace_all_uses_with(picked[node.args])
            graph.erase_node(node)
        elif node.target is aten.mul.Tensor and _times_one(node, *given, values=values):
            node.replace_all_uses_with(given[0])
            graph.erase_node(node)
        elif node.target is aten.select_backward.default and node.args[1][node.args[2]] == 1:
            node.target, node.args = aten.unsqueeze.default, (given[0], node.args[2])
        elif node.target is aten.view.default and _sums_columns(given[0]):
            summed = given[0]
            if len(summed.users) == 1 and values[node].shape == values[summed].shape[1:]:
                node.target, node.args = aten.sum.dim_IntList, summed.args[:2]


def _times_one(node: fx.Node, *given: fx.Node, values: dict[fx.Node, Any]) -> bool:
    """Whether it multiplies what nobody else reads by ones, as the gradient of a loss begins."""
    if len(given) != 2 or given[1].target is not aten.ones_like.default:
        return False
    return len(given[0].users) == 1 and values[node].shape == values[given[0]].shape


def _sums_columns(node: fx.Node) -> bool:
    return node.target is aten.sum.dim_IntList and list(node.args[1:]) == [[0], True] and not node.kwargs


def _hold(graph: fx.Graph, values: dict[fx.Node, Any]) -> tuple[Tensor, ...]:
    """Makes arguments of weights, of views of them, and of numbers that are the same for each batch."""
    held: dict[fx.Node, Tensor] = {}
    for node in graph.nodes:
        is_view = node.target in _VIEWS and node.args[0] in held
        if node.op == "get_attr" or is_view or node.target is aten.ones_like.default:
            held[node] = values[node].detach()
    after = [node for node in graph.nodes if node.op == "placeholder"][-1]
    arguments: list[Tensor] = []
    for node, value in held.items():
        if not any(user not in held for user in node.users):
            continue
        with graph.inserting_after(after):
            after = graph.placeholder(f"held_{len(arguments)}")
        node.replace_all_uses_with(after, delete_user_cb=lambda user: user not in held)
        arguments.append(value)
    for node in reversed(held):
        graph.erase_node(node)
    return tuple(arguments)


def _shorten(graph: fx.Graph) -> None:
    for node in graph.nodes:
        if node.target in _METHODS:
            node.op, node.target = "call_method", _METHODS[node.target]
        elif node.target is aten._to_copy.default and list(node.kwargs) == ["dtype"]:
            node.op, node.target = "call_method", "to"
        elif node.target in _REDUCED:
            # In the shorter call nothing is reduced unless it is asked for.
            node.kwargs = {"reduction": 1} | node.kwargs if len(node.args) == 2 else node.kwargs
            node.target = _SHORTER[node.target]
        elif node.op == "call_function" and node.target is not operator.getitem:
            node.target = _SHORTER.get(node.target, node.target)
