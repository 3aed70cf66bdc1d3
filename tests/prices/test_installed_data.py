"""The price tables and scenarios are found in a checkout and in what is built from it.

The wheel and the source archive are built here with hatchling, without a network, and used from
another folder by an interpreter that sees no checkout.
"""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.prices import load_prices

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]

REPORT = """
import json, warnings
import costmodel
from costmodel.foundation.datafiles import data_folder
book = costmodel.load_prices()
print(json.dumps({
    "package": costmodel.__file__,
    "folder": str(data_folder("pricing")),
    "digest": book.digest,
    "models": book.models(),
    "scenario": costmodel.load_scenario("support_chatbot").name,
    "usd": costmodel.cost("openai/gpt-5", input_tokens=1800, output_tokens=350).usd,
}))
"""


def build(kind, source, folder):
    """Build a wheel or an sdist of a source tree; return the file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, capture_output=True, text=True, check=True)
    (built,) = folder.iterdir()
    return built


def report(package, elsewhere):
    """What an interpreter says that has only that folder, and installed packages, on its path."""
    env = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [sys.executable, "-c", REPORT], cwd=elsewhere, env=env, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def site(tmp_path_factory, wheel):
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    archive = build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    return tree


def same_prices(found):
    book = load_prices()
    assert found["digest"] == book.digest
    assert found["models"] == book.models()
    assert found["scenario"] == "Support chatbot"
    assert found["usd"] == pytest.approx((1800 * 1.25 + 350 * 10) / 1e6, rel=1e-12)


def test_in_a_checkout_the_tables_are_those_beside_the_project_file():
    assert data_folder("pricing") == ROOT / "pricing"
    assert data_folder("scenarios") == ROOT / "scenarios"


def test_an_installed_wheel_has_the_tables_and_scenarios_inside_the_package(site, elsewhere):
    found = report(site, elsewhere)
    package = Path(found["package"]).parent
    assert package == site / "costmodel"
    assert Path(found["folder"]) == package / "data" / "pricing"
    same_prices(found)


def files(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("name", ["pricing", "scenarios"])
def test_the_wheel_has_every_data_file_as_it_is_here(site, name):
    assert files(site / "costmodel" / "data" / name) == files(ROOT / name)


def test_an_unpacked_source_archive_works_like_a_checkout(source, elsewhere):
    found = report(source, elsewhere)
    assert Path(found["folder"]) == source / "pricing"
    same_prices(found)


def test_a_wheel_built_from_the_source_archive_has_the_same_files(source, wheel, tmp_path):
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(build("wheel", source, tmp_path)) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
