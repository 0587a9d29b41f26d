"""What a process of ours does to itself: limits, a name, and to end when the one above it ends."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def _prctl(option: int, value: int | bytes) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def set_name(name: str) -> None:
    """The name in the list of processes, at most 15 letters."""
    _prctl(_PR_SET_NAME, name.encode())


def offer_to_be_killed() -> None:
    """When memory runs out, the system ends this process first."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def set_limits(memory_bytes: int) -> None:
    """No core dumps, and at most ``memory_bytes`` of memory of its own, so that a run that wants more fails alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_bytes:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))


def limit_processor_time(seconds: int) -> None:
    """After so much of it, counted from the start of this process, the system ends this process with SIGXCPU."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def machine_memory() -> int:
    """Bytes that this machine, or the container on it, has."""
    sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with contextlib.suppress(OSError, ValueError):
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(sizes)


def num_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def num_threads() -> int:
    """Threads of this process, those of native libraries too; 1 where nobody can tell."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


def has_gpu_driver() -> bool:
    """True where a driver for NVIDIA cards is loaded. Asks the file system, because asking CUDA would spoil a fork."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()
