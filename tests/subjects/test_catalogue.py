"""Every experiment of the book: its arms are known unbuilt, its records are theirs, no key has moved."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from helpers.runs import refuse

from pdenet.models.residual_net import Spec
from pdenet.runs.experiment import Mode
from pdenet.runs.files import read
from pdenet.runs.plan import Job
from pdenet.subjects.catalogue import EXPERIMENTS, SUBJECTS, experiment, experiments
from pdenet.subjects.irregular import arms as series
from pdenet.subjects.irregular.networks import SeriesNet
from pdenet.subjects.irregular.system import CONTROLS
from pdenet.subjects.ode_mnist.arms import FlowArm
from pdenet.subjects.ode_mnist.networks import ConvSpec, StencilSpec

if TYPE_CHECKING:
    from pdenet.data import ImageData
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Experiment

RESULTS = Path(__file__).parents[2] / "results"
MODES = get_args(Mode)
RUNNING = [found for found in experiments() if found.arms("full")]
ARMS = [
    pytest.param(arm, id=f"{found.name}, {mode}: {arm.name}")
    for found in RUNNING
    for mode in MODES
    for arm in found.arms(mode)
]

# Of each file the number of records and the digest of their sorted keys: those of the tables as of their
# three files before they were put in one. The record of `adjoint` had no key before.
KEYS = {
    "tables.jsonl": (255, "2f1e91a197997e76a3b61162b3f3635347cb991f9a1523c76b7decbf386dd646"),
    "depth.jsonl": (238, "d123db3432afd034f64057f778de680c684c9bbabd3b9de25855570b157a2b35"),
    "ode-mnist.jsonl": (165, "a2c6b21296ffa1ab604d90e63c5a0a588aca06ac7a404235782245d98285b0bc"),
    "irregular.jsonl": (353, "5006261849fee59fc154e4b8eebfb3c28276ac5827c1f182dc32934b731e7f16"),
    "remedies.jsonl": (170, "4746b192ea45a5bd556cf4753a37766906c0f8f2991e9157aae76bcbd6c38fc3"),
    "two-channels.jsonl": (170, "0ee608fae00653fc217928af4fcf8a0e53c74fb1cd026852d73d3d7ec76bbe98"),
    "adjoint.jsonl": (1, "2056277ce0b85467ca5cb8607209e375ffc3cee5b61740a3bcebadd9509be4de"),
    "fresh.jsonl": (20, "d65c69ceb814bd88c93d2eaf226a9fb5f60c05efcdfc5180072709c455b5fe91"),
    "channels.jsonl": (30, "d631e14785ace8443df9e064f9e0604cccd5d3c49c39a4211707c0aaa5e3731a"),
    "small-steps.jsonl": (40, "f710a472831527f726ef5f47801e1518a8a257c1e2d0f8fb314f6ffaf89b1325"),
    "vanishing.jsonl": (670, "4aca2edb897f320bd3b4f06be7825e8d972b7e9b96ecdcc01b7c16798872e4c9"),
    "electrons.jsonl": (5, "0013549e6184ac9d4206cdd54c9123ede38075f09cd0b1b8d0d348406451fd58"),
    "reversible.jsonl": (75, "46f775f501254283c30467d406139825528ec302be371174641a24051a8d33f0"),
    "staple.jsonl": (320, "719813494685ed5f6d7696c2e5b9665acc011f3bff6ad193cd42b1b41514f175"),
    "lipschitz.jsonl": (250, "4b9adbd3dbe59db270fc0b3c4a75e154a925ee83d90b46488d4a33142ec9760d"),
    "tickets.jsonl": (550, "a8992c485e6791a13bbb970308fe3e0fc242456fffb648d1959d08561a85b7bc"),
    "robustness.jsonl": (168, "aa34cb060c6c5426a132a2631f8de830ec43c094e227f301239592909ffe31b9"),
    "ising.jsonl": (850, "9b4c18e162a7a9a35f084ffbe1a6f30db010d394d6efd96c980928b53313dde4"),
    "adversarial-work.jsonl": (110, "6ac7af2eb8d6c9abbacff778b17378f0edee2beca575b9f9634b80c6a2eda26d"),
    "inception.jsonl": (371, "cf42dc9417aaa93b3dca2b216ca0a366d31ba2d85ef30208749f009d6347e480"),
    "scaling.jsonl": (271, "6ae65fc04efe80bf07fde54b81cfa79dd23b427d0e3ffcce53129d573086dcf7"),
    "circuits.jsonl": (40, "8be927347339a5555cd29d972acab93a7b8961cdc9e4fbb88d1128b5c802832c"),
    "symmetry-breaking.jsonl": (288, "a2b89bdad9ae2ce91c7a330a747282d33c0864ce859a4abc20b14abee83375a1"),
    "hamiltonian.jsonl": (840, "db80650462d350fe2dc784c4570c616cfcbc819ebf8f43fbd0511aae518a5c97"),
    "weight-decay.jsonl": (178, "34d3162351b4772184570ddc6d942d5ee4a035069b65984a7f5dbe2ba801f070"),
    "rotation.jsonl": (504, "360dd551fd4f6d5eeea8e93e2d1e7a00752ee01dbf4fde8d62bea440ef60e38a"),
    "free-field.jsonl": (114, "6592b9dfcda182dda22222f7736c81b301cfd98ca30c3f0795e6f2e91877922b"),
    "cellular-automata.jsonl": (320, "efd3a47c8d1c8621767db73ff1e05512923e26043917333d0e94368ecac65fe4"),
    "orbitals.jsonl": (310, "65b1e548b41ec1d6b401d8ec69591815920742d40c911315c4705529590442a8"),
}

# Kinds of what has no network to build.
NOTHING_BUILT = (
    "control",
    "gradient costs",
    "untrained stack",
    "gradient times",
    "way back",
    "helium on a grid",
    "run of helium",
    "linked chain",
    "folding chain",
    "skipped layers",
    "block times",
    "spin glass",
    "random circuit",
    "committee",
    "exclusive or",
    "equal units",
    "equal units, trained",
    "untrained field",
    "Gaussian field",
    "decayed network",
    "automata, table",
    "automata, units",
    "automata, frames",
    "automata, noise",
)

# A run that was cut short to see how it goes on; the run of the same network over all epochs is an arm.
CUT_SHORT = [("depth.jsonl", 50, 4)]


# The list


def test_an_experiment_has_the_name_it_is_found_by() -> None:
    assert [found.name for found in experiments()] == list(EXPERIMENTS)
    assert all(found.title and found.page for found in experiments())


def test_a_subject_is_asked_for_all_its_experiments_at_once() -> None:
    assert [found.name for found in experiments("tables")] == list(SUBJECTS["tables"])
    assert experiments("irregular") == (experiment("irregular"),)
    for subject, names in SUBJECTS.items():
        assert {experiment(name).file for name in names} == {f"{subject}.jsonl"}


@pytest.mark.parametrize("ask", [experiment, experiments])
def test_an_unknown_name_is_an_error_that_lists_those_there_are(ask: Any) -> None:
    with pytest.raises(
        ValueError, match=r"there is no experiment 'table-9'; there are .*table-4\.1"
    ) as caught:
        ask("table-9")
    assert all(name in str(caught.value) for name in EXPERIMENTS)


def test_to_list_experiments_is_not_to_import_them() -> None:
    code = "import sys, pdenet.subjects.catalogue; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Arms


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_describes_itself_as_what_it_builds(arm: Arm) -> None:
    """Drawn with other seeds than the first, which no description may depend on."""
    if isinstance(arm, FlowArm):
        assert arm.model == arm.setting.members[arm.member].build(3).description
    elif hasattr(arm, "build") and arm.model.get("kind") != "control":
        told, built = arm.model.get("net", arm.model), arm.build([3, 4]).describe()
        assert told | built == told  # it may say more, such as what is done to the network
    else:
        assert arm.model["kind"] in NOTHING_BUILT


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("found", RUNNING, ids=lambda found: found.name)
def test_no_two_arms_of_an_experiment_are_one(found: Experiment, mode: Mode, images: ImageData) -> None:
    arms = found.arms(mode)
    assert len({arm.name for arm in arms}) == len(arms)
    # Two parts of different sizes are the same part of a set that is smaller than either.
    assert len({(arm.key(0, images), arm.shown) for arm in arms}) == len(arms)


@pytest.mark.parametrize("found", RUNNING, ids=lambda found: found.name)
def test_what_takes_minutes_is_another_run_than_what_is_recorded(
    found: Experiment, images: ImageData
) -> None:
    """All but the controls, of which nothing can be shorter."""
    full = {arm.key(0, images) for arm in found.arms("full")}
    book = [arm for arm in found.arms("book") if arm.model.get("kind") != "control"]
    assert book
    assert not full & {arm.key(0, images) for arm in book}


@pytest.fixture(scope="module")
def images() -> ImageData:
    from pdenet.data import load_images

    return load_images("digits")


# What is missing


def forbid_all_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing can be built, drawn or solved."""
    for kind in (Spec, ConvSpec, StencilSpec):
        monkeypatch.setattr(kind, "build", refuse)
    monkeypatch.setattr(SeriesNet, "__init__", refuse)
    monkeypatch.setattr(series, "draw", refuse)
    monkeypatch.setattr(series, "_drawn", refuse)
    system, solve = (
        importlib.import_module(name) for name in ("pdenet.subjects.irregular.system", "pdenet.ops.ode.dense")
    )
    monkeypatch.setattr(system, "draw", refuse)
    monkeypatch.setattr(system, "states_at", refuse)
    monkeypatch.setattr(solve, "states_at", refuse)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("found", RUNNING, ids=lambda found: found.name)
def test_what_is_missing_is_known_without_work(
    found: Experiment, mode: Mode, images: ImageData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By arms that are made anew, so that none remembers what it is from another test."""
    forbid_all_work(monkeypatch)
    arms = tuple(replace(arm) for arm in found.arms(mode))
    job = Job(found, arms, images, tmp_path / "mine.jsonl")
    for arm in arms:
        assert job.missing(arm) == job.wanted(arm)


@pytest.mark.parametrize("found", RUNNING, ids=lambda found: found.name)
def test_nothing_is_missing_of_what_ships(found: Experiment) -> None:
    """By name of the images, since MNIST need not be here."""
    results = found.results()
    for arm in found.arms("full"):
        assert set(arm.seeds(range(found.seeds))) <= set(results.seeds(arm.name)), arm.name


# Records


@pytest.mark.parametrize("file", KEYS)
def test_the_keys_of_the_shipped_records_have_not_changed(file: str) -> None:
    """A network, a protocol or an image set that describes itself otherwise would orphan them."""
    keys = sorted(record.key for record in read(RESULTS / file))
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    assert len(set(keys)) == len(keys), "a run stands twice"
    assert (len(keys), digest) == KEYS[file]


def test_every_shipped_file_is_of_an_experiment() -> None:
    assert {path.name for path in RESULTS.glob("*.jsonl")} == KEYS.keys() == {e.file for e in experiments()}


@pytest.mark.parametrize("file", KEYS)
def test_every_shipped_record_is_a_run_of_an_arm(file: str) -> None:
    arms = [arm for found in experiments() if found.file == file for arm in found.arms("full")]
    strangers = [
        (file, record.model["depth"], record.training["epochs"])
        for record in read(RESULTS / file)
        if not any(
            arm.model == record.model
            and arm.training == record.training
            and arm.shown.fits(record.data, "mnist")
            for arm in arms
        )
    ]
    assert strangers == [one for one in CUT_SHORT if one[0] == file]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_is_described_by_name(control: str) -> None:
    arm = next(arm for arm in series.ARMS if arm.decoder == control)
    assert (arm.model, arm.training) == ({"kind": "control", "name": control}, {})
