"""Inductor's C++ for a loop, with the buffers of its body made once.

As it comes it allocates every buffer of the body anew in each turn of the loop. For a small network that is most of a
step: measured on 2-8-8-1, batch 10, more than two thirds of it. Here a buffer that does not leave the body stays.
"""

from typing import Any

from torch._inductor.codegen.common import register_backend_for_device
from torch._inductor.codegen.cpp import CppScheduling
from torch._inductor.codegen.cpp_wrapper_cpu import CppWrapperCpu
from torch._inductor.codegen.wrapper import PythonWrapperCodegen

#: Kept buffers are told apart by their names, so no buffer may take over another's memory.
SETTINGS = {"allow_buffer_reuse": False, "inplace_buffers": False}


class LoopWrapper(CppWrapperCpu):
    """Writes ``thread_local`` buffers where the stock one allocates, in bodies of loops alone."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stays: set[str] = set()

    @staticmethod
    def create(*_: Any, **__: Any) -> "LoopWrapper":
        """As inductor makes it."""
        return LoopWrapper()

    def make_allocation(self, name: str, device: Any, dtype: Any, shape: Any, stride: Any, *rest: Any) -> str:
        """C++ that gives ``name`` memory."""
        line: str = super().make_allocation(name, device, dtype, shape, stride, *rest)  # type: ignore[no-untyped-call]
        graph = self.get_codegened_graph()  # type: ignore[no-untyped-call]
        is_inside = len(self.codegened_graph_stack) > 1
        is_fixed = all(isinstance(size, int) or getattr(size, "is_Integer", False) for size in shape)
        if not is_inside or not is_fixed or name in graph.get_output_names():
            return line
        # The last two lines declare a handle and fill it: they run once, in the initializer of the kept tensor.
        made = [self.wrapper_call._lines.pop() for _ in range(2)][::-1]
        self._stays.add(name)
        body = " ".join(str(part) for part in made)
        self.wrapper_call.writeline(
            f"static thread_local RAIIAtenTensorHandle {name}_stays([&] {{ {body} return {name}_handle; }}());"
        )
        return f"ConstantHandle {name}({name}_stays.get());"

    def make_buffer_free(self, buffer: Any) -> str:
        """C++ that lets a buffer go."""
        return "" if buffer.get_name() in self._stays else str(super().make_buffer_free(buffer))  # type: ignore[no-untyped-call]


def use_loop_wrapper() -> None:
    """From now on this process compiles for the CPU with it."""
    register_backend_for_device("cpu", CppScheduling, PythonWrapperCodegen, LoopWrapper)
