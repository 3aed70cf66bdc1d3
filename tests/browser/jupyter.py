"""JupyterLab in a headless Chromium: started on a copy of the notebooks, driven, and ended."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
START_SECONDS = 60
"""Patience with a slow machine, not a claim about speed."""
LOOPBACK = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")

IDLE = """() => {
  const panel = window.jupyterapp && jupyterapp.shell.currentWidget;
  const kernel = panel && panel.sessionContext && panel.sessionContext.session?.kernel;
  return Boolean(kernel) && kernel.status === 'idle';
}"""
ALL_RUN = """() => {
  const panel = jupyterapp.shell.currentWidget;
  const cells = panel.content.widgets.filter(cell => cell.model.type === 'code');
  const done = cell => cell.model.executionCount !== null
    && cell.model.executionState !== 'running';
  return panel.sessionContext.session.kernel.status === 'idle' && cells.every(done);
}"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code')
  .flatMap(cell => cell.model.outputs.toJSON())
  .filter(output => output.output_type === 'error' || output.name === 'stderr')
  .map(output => output.evalue || output.text)"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def jupyter_lab(folder: Path, home: Path) -> Iterator[str]:
    """Serve `folder` on loopback with every setting under `home`; yield the address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    options = [
        "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=",
    ]  # fmt: skip
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
              "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")  # fmt: skip
    environment = {**os.environ, **{name: str(home / name.lower()) for name in places}}
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options],
            stdout=log, stderr=log, env=environment, cwd=folder,
        )  # fmt: skip
        try:
            _wait_for(server, f"{address}/api/status", home / "server.log")
            yield address
        finally:
            _end(server)


def _wait_for(server, address, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def _end(server):
    """End the server and its kernels, which run in sessions of their own."""
    with suppress(psutil.NoSuchProcess):
        kernels = psutil.Process(server.pid).children(recursive=True)
        server.terminate()
        _, alive = psutil.wait_procs(kernels, timeout=10)
        for kernel in alive:
            kernel.kill()
    server.kill()
    server.wait()


@contextmanager
def chromium_page(width=1400, height=1000) -> Iterator:
    """Yield a page and the list of every request that would leave the machine (and may not)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The sandbox needs rights that root in a container does not have.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        outside = []

        def judge(route):
            if route.request.url.startswith(LOOPBACK):
                route.continue_()
            else:
                outside.append(route.request.url)
                route.abort()

        page.route("**/*", judge)
        page.on("websocket", lambda s: s.url.startswith(LOOPBACK) or outside.append(s.url))
        yield page, outside
        browser.close()


def run_notebook(page, address, name):
    """Open a notebook, run all its cells and return the errors they showed."""
    page.goto(f"{address}/lab/tree/{name}?reset")
    page.wait_for_function(IDLE, timeout=60_000)
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(ALL_RUN, timeout=60_000)
    return page.evaluate(ERRORS)
