"""The manifests of the page "Kubernetes": valid, and what they name exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from faxapi import Cursor, FaxApi
from faxapi.cli.times import span
from faxapi.sandbox import Sandbox
from tests.cli.accounts import configured, faxapi
from tests.services.streaming import app as service

HERE = Path(__file__).parent
VERSIONS = ("1.32", "1.37")
Manifest = dict[str, Any]


def manifests(name: str) -> dict[str, Manifest]:
    return {each["kind"]: each for each in yaml.safe_load_all((HERE / name).read_text())}


CRON = manifests("cronjob.yaml")
SERVICE = manifests("deployment.yaml")
COLLECT = CRON["CronJob"]["spec"]["jobTemplate"]["spec"]
PODS = {
    "collect": COLLECT["template"]["spec"],
    "service": SERVICE["Deployment"]["spec"]["template"]["spec"],
}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_valid(version: str) -> None:
    for manifest in (*CRON.values(), *SERVICE.values()):
        assert kubernetes_validate.validate(manifest, version, strict=True) == version


def test_a_manifest_that_is_wrong_is_seen() -> None:
    wrong = {**CRON["CronJob"], "spec": {**CRON["CronJob"]["spec"], "shedule": "@hourly"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def containers() -> Iterator[tuple[Manifest, Manifest]]:
    for pod in PODS.values():
        for container in pod["containers"]:
            yield pod, container


def test_every_container_can_write_to_its_volume_alone() -> None:
    for pod, container in containers():
        assert container["securityContext"]["readOnlyRootFilesystem"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    written = {
        mount["mountPath"]
        for _, container in containers()
        for mount in container["volumeMounts"]
        if not mount.get("readOnly")
    }
    assert written == {"/var/lib/faxes"}


def test_no_secret_is_in_a_manifest() -> None:
    for _, container in containers():
        assert all("secret" not in str(each).lower() for each in container.get("env", []))
    text = CRON["ConfigMap"]["data"]["faxapi.toml"]
    assert re.findall(r"password = (.*)", text) == ['{ file = "/run/secrets/faxes/acme" }']


def test_the_configuration_reads_the_mounted_secret(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("secret\n")
    text = CRON["ConfigMap"]["data"]["faxapi.toml"]
    config = tmp_path / "faxapi.toml"
    config.write_text(text.replace("/run/secrets/faxes/", f"{tmp_path.as_posix()}/"))
    assert list(FaxApi.from_config(config)) == ["acme"]


def test_the_job_collects(tmp_path: Path) -> None:
    (container,) = PODS["collect"]["containers"]
    names = {"/etc/faxes": tmp_path, "/var/lib/faxes": tmp_path, "$(POD_NAME)": "faxes-1"}
    arguments = [
        re.sub("|".join(map(re.escape, names)), lambda found: str(names[found[0]]), argument)
        for argument in container["args"]
    ]
    with Sandbox(seed=1, faxes=20, rate_limit=None) as sandbox:
        configured(tmp_path, sandbox, acme={"provider": "interfax", "pace": False})
        done = faxapi(*arguments)
    assert (container["command"], done.exit_code, done.stderr) == (["faxapi"], 0, "")
    assert (tmp_path / "faxes-1.jsonl").stat().st_size > 1000
    assert Cursor.load(tmp_path / "cursor")


def test_a_run_ends_by_itself_before_it_is_ended() -> None:
    (container,) = PODS["collect"]["containers"]
    (deadline,) = (each for each in container["args"] if each.startswith("--deadline="))
    seconds = span(deadline.partition("=")[2]).total_seconds()
    assert seconds + 60 < COLLECT["activeDeadlineSeconds"] < 3600


def test_the_probes_ask_for_what_the_service_has() -> None:
    (container,) = PODS["service"]["containers"]
    assert container["args"][0] == "streaming:app"
    paths = {getattr(route, "path", None) for route in service.routes}
    assert container["readinessProbe"]["httpGet"]["path"] in paths
    (port,) = container["ports"]
    assert f"--port={port['containerPort']}" in container["args"]
    assert container["readinessProbe"]["httpGet"]["port"] == port["name"]
    assert container["livenessProbe"]["tcpSocket"]["port"] == port["name"]
    (outside,) = SERVICE["Service"]["spec"]["ports"]
    assert outside["targetPort"] == port["name"]


def test_the_service_has_the_time_it_takes_to_stop() -> None:
    pod = PODS["service"]
    (container,) = pod["containers"]
    (grace,) = (each for each in container["args"] if each.startswith("--timeout-graceful"))
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause + int(grace.partition("=")[2]) + 5 <= pod["terminationGracePeriodSeconds"]
