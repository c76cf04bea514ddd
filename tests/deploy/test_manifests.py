"""deploy/compose.yaml and deploy/kubernetes.yaml: what they set is what the service understands.

``make container-test`` validates both with their schemas.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from defects_ical import __version__
from defects_ical.cli.serving.command import serve
from tests.support.documents import PAGES
from tests.support.example_schedules import load_yaml
from tests.support.nginx import DEPLOY
from tests.support.processes import ROOT

COMPOSE: Final = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
OBJECTS: Final = {
    each["kind"]: each
    for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
}
POD: Final = OBJECTS["Deployment"]["spec"]["template"]["spec"]
CONTAINERFILE: Final = (ROOT / "Containerfile").read_text("utf-8")
VARIABLES: Final = {each.envvar for each in serve.params if each.envvar}
REPLICAS: Final = ("first", "second")


def read_container() -> dict[str, Any]:
    """Return the only container of the Deployment."""
    (container,) = POD["containers"]
    assert isinstance(container, dict)
    return container


def test_manifests_set_variables_of_the_service() -> None:
    names = {name for each in REPLICAS for name in COMPOSE[each]["environment"]}
    names |= {each["name"] for each in read_container()["env"]}
    names |= set(re.findall(r"DEFECTS_ICAL_\w+(?==)", CONTAINERFILE))
    assert "DEFECTS_ICAL_URL" in names
    assert names - VARIABLES == set()


def test_every_variable_is_documented() -> None:
    for page in ("docs/container.md", "docs/serving.md"):
        assert [each for each in VARIABLES if f"`{each}`" not in PAGES[page]] == []


def test_manifest_names_this_release() -> None:
    assert read_container()["image"] == f"defects-ical:{__version__}"


def test_compose_uses_nginx_as_it_is() -> None:
    """The replicas are where nginx-replicas.conf, which is mounted unchanged, looks for them."""
    assert "./nginx-replicas.conf:/etc/nginx/conf.d/default.conf:ro" in COMPOSE["nginx"]["volumes"]
    settings = [COMPOSE[each]["environment"] for each in REPLICAS]
    found = {
        f"{each['DEFECTS_ICAL_LISTEN_HOST']}:{each['DEFECTS_ICAL_LISTEN_PORT']}"
        for each in settings
    }
    configuration = (DEPLOY / "nginx-replicas.conf").read_text("utf-8")
    assert len(found) == len(REPLICAS)
    assert found <= set(re.findall(r"server (127\.0\.0\.1:\d+)", configuration))
    shared = {COMPOSE[each]["network_mode"] for each in ("nginx", *REPLICAS)}
    assert shared == {"service:network"}
    assert COMPOSE["network"]["ports"] == ["${PORT:-8080}:80"]


def test_compose_restricts_the_replicas() -> None:
    for name in REPLICAS:
        replica = COMPOSE[name]
        assert replica["read_only"] is True
        assert replica["cap_drop"] == ["ALL"]
        assert replica["security_opt"] == ["no-new-privileges:true"]
        # A single file would be mounted once, and not be replaced.
        (volume,) = replica["volumes"]
        assert (volume["target"], volume["read_only"]) == ("/schedule", True)


def test_config_map_has_a_valid_schedule() -> None:
    schedule = load_yaml(OBJECTS["ConfigMap"]["data"]["schedule.yaml"])
    assert schedule.show.slug == "my-show"


def test_edit_of_the_config_map_arrives() -> None:
    """Kubelet updates a mounted folder, but nothing that is mounted with `subPath`."""
    volumes = {each["name"]: each for each in POD["volumes"]}
    mounts = {each["mountPath"]: each for each in read_container()["volumeMounts"]}
    assert mounts["/schedule"] == {"name": "schedule", "mountPath": "/schedule", "readOnly": True}
    name = OBJECTS["ConfigMap"]["metadata"]["name"]
    assert volumes["schedule"]["configMap"] == {"name": name}
    assert "DEFECTS_ICAL_SCHEDULE=/schedule/schedule.yaml" in CONTAINERFILE


def test_pod_has_the_restricted_profile() -> None:
    """As the Pod Security Standards of Kubernetes define it."""
    assert POD["securityContext"] == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert read_container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {kind for each in POD["volumes"] for kind in each} == {"name", "configMap", "emptyDir"}


def test_service_leads_to_the_probed_port() -> None:
    container = read_container()
    (port,) = container["ports"]
    assert f"EXPOSE {port['containerPort']}\n" in CONTAINERFILE
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/healthz", "port": port["name"]}
    service, deployment = OBJECTS["Service"]["spec"], OBJECTS["Deployment"]["spec"]
    assert [each["targetPort"] for each in service["ports"]] == [port["name"]]
    labels = deployment["template"]["metadata"]["labels"]
    assert service["selector"] == deployment["selector"]["matchLabels"] == labels


def test_kubernetes_adds_no_variables() -> None:
    """For a Service `defects-ical` it would set DEFECTS_ICAL_PORT and others."""
    assert POD["enableServiceLinks"] is False
    assert "DEFECTS_ICAL_PORT" not in VARIABLES
