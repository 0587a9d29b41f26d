"""The devices of this machine, told without the engine: the server process never loads it."""

import platform

import psutil
from layerlab_schemas.server import Device


def devices() -> list[Device]:
    """The processor with the machine's memory. Graphics cards are named by the worker that uses them."""
    memory = psutil.virtual_memory()
    cores = psutil.cpu_count(logical=True) or 1
    title = f"CPU, {cores} {'core' if cores == 1 else 'cores'} ({platform.machine()})"
    return [Device(name="cpu", title=title, memory_total=memory.total, memory_free=memory.available)]
