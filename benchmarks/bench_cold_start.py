"""Cold start: `costmodel run` to HTML against importing numpy and matplotlib and drawing."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEER = """
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot(np.arange(12), np.arange(12))
figure.savefig("{folder}/figure.png")
"""


# Installed packages have byte code; a machine told not to write any would compile ours each time.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        peer = [sys.executable, "-c", PEER.format(folder=folder)]
        report = str(Path(folder) / "report.html")
        ours = [sys.executable, "-m", "costmodel", "run", "support_chatbot", "--html", report]
        bare = [sys.executable, "-c", "import costmodel"]
        seconds(peer), seconds(ours)  # byte code and font caches
        rounds = [(seconds(peer), seconds(ours), seconds(bare)) for _ in range(11)]
    peer_s, ours_s, bare_s = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(ours / peer for peer, ours, _ in rounds)
    print(f"numpy + matplotlib + one figure   {1e3 * peer_s:6.0f} ms   1.00 x")
    print(f"costmodel run --html              {1e3 * ours_s:6.0f} ms   {ratio:4.2f} x")
    print(f"import costmodel                  {1e3 * bare_s:6.0f} ms")


if __name__ == "__main__":
    main()
