"""The README's example for scripts works when it is pasted into Python."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.serving import serve

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_example_works_when_pasted(tmp_path):
    (example,) = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(example.strip().splitlines()) == 5
    # The folder that the server takes by itself on Linux, in a home of the test's own.
    server = serve(tmp_path / ".local" / "share" / "layerlab")
    try:
        pasted = example.replace("http://127.0.0.1:8000", server.url)
        assert pasted != example
        home = {**os.environ, "HOME": str(tmp_path)}
        command = [sys.executable, "-q", "-i"]
        said = subprocess.run(command, input=pasted, env=home, capture_output=True, text=True, check=True, timeout=120)
        assert "Error" not in said.stderr, said.stderr
        latest = json.loads(said.stdout.strip().replace("'", '"').replace("None", "null"))
        assert 0 < latest["train/loss"] < 3
        assert 0 <= latest["val/accuracy"] <= 1
    finally:
        assert server.stop() == 0


def test_the_folder_in_the_example_is_the_default_one(tmp_path, monkeypatch):
    from layerlab.settings import Settings

    for name in [name for name in os.environ if name.startswith("LAYERLAB_") or name == "XDG_DATA_HOME"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert Settings().token_file == tmp_path / ".local/share/layerlab/token"
    assert '".local/share/layerlab/token"' in README.read_text("utf-8")
