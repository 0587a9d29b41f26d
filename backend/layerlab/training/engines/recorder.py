"""Who records the work of a step on a device, so that it can be done again without Python."""

from collections.abc import Callable
from typing import ClassVar, Protocol

import torch

#: Runs before recording: libraries load their kernels and take their memory, which a recording may not.
WARM_UP = 3

Work = Callable[[], None]


class Recorder(Protocol):
    """Records work on one device."""

    def __call__(self, work: Work) -> Work:
        """Does ``work`` some times, records it, and gives what does it again: the same kernels at the same addresses.

        ``work`` reads and writes tensors that stay where they are, draws no random numbers, waits for nothing and
        brings no numbers from the host.

        Raises:
            RuntimeError: It cannot be recorded; of many kinds, with PyTorch's words.
        """


class CudaRecorder:
    """By a CUDA graph, after PyTorch's rules for whole networks: warmed up and recorded on one stream aside.

    One stream, for libraries keep handles and workspaces by stream, and would make new ones while recording.

    Where one recording has failed, this process makes no other: PyTorch's allocator may still ask the graph of it
    whether memory is for it. So that graph is kept, and nothing is recorded beside it.
    """

    _failed: ClassVar[list[torch.cuda.CUDAGraph]] = []

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def __call__(self, work: Work) -> Work:
        """See ``Recorder``."""
        if self._failed:
            raise RuntimeError("an earlier recording in this process failed")
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.device(self._device):
            here = torch.cuda.current_stream()
            self._stream.wait_stream(here)
            # The outer context puts the stream back where recording fails: that of the graph then does not.
            with torch.cuda.stream(self._stream):
                try:
                    for _ in range(WARM_UP):
                        work()
                finally:
                    self._stream.synchronize()  # whoever is told that it failed may free what is worked on
                try:
                    with torch.cuda.graph(graph, stream=self._stream):
                        work()
                except Exception:
                    self._failed.append(graph)
                    raise
            here.wait_stream(self._stream)
            torch.cuda.synchronize()
        return graph.replay


#: By type of device. What is not here is not recorded: the CPU has packages instead.
RECORDERS: dict[str, Callable[[torch.device], Recorder]] = {"cuda": CudaRecorder}


def can_record(device: torch.device) -> bool:
    """Whether steps on this device are recorded."""
    return device.type in RECORDERS
