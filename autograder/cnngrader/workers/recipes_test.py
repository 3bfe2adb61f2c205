"""The files of docs/cluster/ are what the programs that read them expect."""

import re
import tomllib
from pathlib import Path

import dask
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
RECIPES = ROOT / "docs" / "cluster"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def read(name: str) -> dict:
    return yaml.safe_load((RECIPES / name).read_text(encoding="utf-8"))


def test_slurm_gets_a_job_with_one_worker_of_eight_threads():
    from dask_jobqueue.slurm import SLURMJob

    options = {f"jobqueue.slurm.{name}": value for name, value in read("slurm.yaml")["jobqueue"]["slurm"].items()}
    with dask.config.set(options):
        script = SLURMJob("tcp://127.0.0.1:8786", name="cnnkit").job_script()
    assert script.startswith("#!")
    for line in ("#SBATCH -J cnnkit", "#SBATCH -p teaching", "#SBATCH --cpus-per-task=8", "#SBATCH --mem=32G"):
        assert line in script
    assert "#SBATCH -t 02:00:00" in script
    assert script.index(".venv/bin/activate") < script.index("python -m distributed.cli.dask_worker")
    assert "tcp://127.0.0.1:8786 --name cnnkit --nthreads 8" in script


def test_every_option_of_slurm_is_one_that_dask_jobqueue_has():
    known = yaml.safe_load((Path(__import__("dask_jobqueue").__file__).parent / "jobqueue.yaml").read_text())
    assert set(read("slurm.yaml")["jobqueue"]["slurm"]) <= set(known["jobqueue"]["slurm"])


def test_the_manifest_of_kubernetes_is_a_whole_dask_cluster():
    cluster = read("kubernetes.yaml")
    assert (cluster["apiVersion"], cluster["kind"]) == ("kubernetes.dask.org/v1", "DaskCluster")
    name, spec = cluster["metadata"]["name"], cluster["spec"]
    (worker,), (scheduler,) = (spec[part]["spec"]["containers"] for part in ("worker", "scheduler"))
    assert worker["image"] == scheduler["image"] == f"REGISTRY/cnnkit:{VERSION}"
    assert worker["args"][:2] == ["dask", "worker"] and scheduler["args"] == ["dask", "scheduler"]
    threads = worker["args"][worker["args"].index("--nthreads") + 1]
    assert worker["resources"]["limits"] == worker["resources"]["requests"] == {"cpu": threads, "memory": "32Gi"}
    service = spec["scheduler"]["service"]
    assert service["selector"] == {"dask.org/cluster-name": name, "dask.org/component": "scheduler"}
    assert {port["targetPort"] for port in service["ports"]} == {port["name"] for port in scheduler["ports"]}


def test_the_gateway_gives_workers_the_same_image():
    gateway = read("gateway.yaml")["gateway"]
    assert gateway["cluster"]["options"]["image"] == f"REGISTRY/cnnkit:{VERSION}"
    assert gateway["address"].startswith("https://") and gateway["proxy-address"].startswith("gateway://")


@pytest.mark.parametrize("script", ["slurm.py", "gateway.py"])
def test_scripts_are_python_and_name_the_command(script):
    text = (RECIPES / script).read_text(encoding="utf-8")
    compile(text, script, "exec")
    assert "cnnkit grade ID --cluster" in text


def test_every_file_that_the_readme_names_is_there_and_none_other():
    named = set(re.findall(r"docs/cluster/([\w.]+)|\]\(([\w.]+)\)", (RECIPES / "README.md").read_text()))
    files = {path.name for path in RECIPES.iterdir()} - {"README.md"}
    assert {one or other for one, other in named} == files
