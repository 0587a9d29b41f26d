"""Inductor's C++ for a loop, with everything in its body made once.

As it comes, each turn of the loop allocates every buffer of the body, makes every view of one anew and a handle for
every input, twice. For a small network that is most of a step: measured on 2-8-8-1, batch 10, more than two thirds.
Here buffers and views stay, inputs are used where they are, and what a turn gives is copied into what it was given.
"""

from math import prod
from typing import Any

from torch._inductor import ir
from torch._inductor.codegen.common import register_backend_for_device
from torch._inductor.codegen.cpp import CppScheduling
from torch._inductor.codegen.cpp_wrapper_cpu import CppWrapperCpu
from torch._inductor.codegen.wrapper import PythonWrapperCodegen

#: Kept buffers are told apart by their names, so no buffer may take over another's memory.
SETTINGS = {"allow_buffer_reuse": False, "inplace_buffers": False}


class LoopWrapper(CppWrapperCpu):
    """Writes ``thread_local`` buffers and views where the stock one makes new ones, in bodies of loops alone."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stays: set[str] = set()
        self._carried: set[str] = set()

    @staticmethod
    def create(*_: Any, **__: Any) -> "LoopWrapper":
        """As inductor makes it."""
        return LoopWrapper()

    def codegen_while_loop(self, while_loop: Any, stack_output: bool = False) -> None:
        """C++ of a loop."""
        self._carried |= _carried(self, while_loop)
        super().codegen_while_loop(while_loop, stack_output)  # type: ignore[no-untyped-call]

    def codegen_subgraph_prefix(self, subgraph: Any, outer_inputs: Any, outer_outputs: Any) -> None:
        """C++ that gives the inputs of condition or body their names."""
        for (name, value), outer in zip(subgraph.graph.graph_inputs.items(), outer_inputs, strict=True):
            if isinstance(value, ir.TensorBox):
                self._stays.add(name)
                self.writeline(f"ConstantHandle {name}({outer}.get());")  # type: ignore[no-untyped-call]

    def codegen_subgraph_suffix(self, subgraph: Any, outer_inputs: Any, outer_outputs: Any) -> None:
        """C++ that hands on what condition or body gives."""
        for output, outer in zip(subgraph.graph.graph_outputs, outer_outputs, strict=True):
            name = output.codegen_reference()
            if outer in self._carried:
                num_bytes = prod(output.get_size()) * output.get_dtype().itemsize
                copy = f"std::memcpy({outer}.data_ptr(), {name}.data_ptr(), {num_bytes});"
                self.writeline(copy)  # type: ignore[no-untyped-call]
            else:
                self.writeline(f"{outer} = std::move({name});")  # type: ignore[no-untyped-call]

    def make_allocation(self, name: str, device: Any, dtype: Any, shape: Any, stride: Any, *rest: Any) -> str:
        """C++ that gives ``name`` memory."""
        line: str = super().make_allocation(name, device, dtype, shape, stride, *rest)  # type: ignore[no-untyped-call]
        is_fixed = all(isinstance(size, int) or getattr(size, "is_Integer", False) for size in shape)
        if not self._is_in_body or not is_fixed:
            return line
        # The last two lines declare a handle and fill it: they run once, in the initializer of the kept tensor.
        made = [self.wrapper_call._lines.pop() for _ in range(2)][::-1]
        body = " ".join(str(part) for part in made)
        return self._kept(name, f"[&] {{ {body} return {name}_handle; }}()")

    def codegen_deferred_allocation(self, name: str, view: Any) -> None:
        """C++ that makes ``name`` a part of another buffer."""
        if self._is_in_body and view.get_name() in self._stays:
            self.writeline(self._kept(name, view.codegen_reference()))  # type: ignore[no-untyped-call]
        else:
            super().codegen_deferred_allocation(name, view)

    def make_buffer_free(self, buffer: Any) -> str:
        """C++ that lets a buffer go."""
        return "" if buffer.get_name() in self._stays else str(super().make_buffer_free(buffer))  # type: ignore[no-untyped-call]

    @property
    def _is_in_body(self) -> bool:
        """Whether what is written now is run in each turn; the condition gives a tensor away in each."""
        graph = self.get_codegened_graph()  # type: ignore[no-untyped-call]
        return len(self.codegened_graph_stack) > 1 and "body" in graph.name

    def _kept(self, name: str, made: str) -> str:
        """A tensor that is made at the first turn and stays."""
        self._stays.add(name)
        self.wrapper_call.writeline(f"static thread_local RAIIAtenTensorHandle {name}_stays({made});")
        return f"ConstantHandle {name}({name}_stays.get());"


def _carried(wrapper: CppWrapperCpu, while_loop: Any) -> set[str]:
    """Names of what a loop carries from turn to turn; PyTorch 2.11 gives all outputs as they are."""
    find = getattr(wrapper, "_get_while_loop_carried_output_names", None)
    return set(find(while_loop)) if find is not None else {output.get_name() for output in while_loop.outputs}


def use_loop_wrapper() -> None:
    """From now on this process compiles for the CPU with it."""
    register_backend_for_device("cpu", CppScheduling, PythonWrapperCodegen, LoopWrapper)
