"""The compose files as text: what Docker would read. No container is started here; docs/server.md says so."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
TLS_ONLY = {"postgres": "5432", "pgbouncer": "6432"}


class _Loader(yaml.SafeLoader):
    """YAML with compose's own tag."""


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> list[Any]:
    return loader.construct_sequence(node)


_Loader.add_constructor("!override", _sequence)


def read(name: str) -> dict[str, Any]:
    """One of the files."""
    loaded: dict[str, Any] = yaml.load((DEPLOY / name).read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader
    return loaded


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of an office's server."""
    found: dict[str, Any] = read("compose.yaml")["services"]
    return found


def test_every_service_says_how_it_is_and_comes_back(services: dict[str, Any]) -> None:
    """The one that only sets up ends by itself; the others wait for it."""
    assert set(services) == {"postgres", "setup", "pgbouncer", "worker"}
    for name, service in services.items():
        lasting = name != "setup"
        assert ("test" in service["healthcheck"]) is lasting
        assert service["restart"] == ("unless-stopped" if lasting else "no")
        assert "no-new-privileges:true" in service["security_opt"]
    for name in ("pgbouncer", "worker"):
        assert services[name]["depends_on"]["setup"] == {"condition": "service_completed_successfully"}
    assert services["setup"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_what_is_published_speaks_tls_only(services: dict[str, Any]) -> None:
    """PostgreSQL takes no connection without, PgBouncer requires it; nothing else is published."""
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert {name: ports[0].rpartition(":")[2] for name, ports in published.items()} == TLS_ONLY
    rules = [line.split() for line in (DEPLOY / "postgres" / "pg_hba.conf").read_text("utf-8").splitlines()]
    rules = [rule for rule in rules if rule and not rule[0].startswith("#")]
    assert {rule[-1] for rule in rules if rule[0] in {"local", "hostssl"}} == {"scram-sha-256", "reject"}
    assert not [rule for rule in rules if rule[0] == "host"]
    assert ["hostnossl", "all", "all", "all", "reject"] in rules
    assert re.search(r"(?m)^ssl = on$", (DEPLOY / "postgres" / "postgresql.conf").read_text("utf-8"))
    pooler = (DEPLOY / "pgbouncer" / "pgbouncer.ini").read_text("utf-8")
    for line in ("client_tls_sslmode = require", "server_tls_sslmode = verify-full", "auth_type = scram-sha-256"):
        assert f"\n{line}\n" in pooler


def test_secrets_are_files_and_data_lie_in_volumes() -> None:
    """No password in an environment, none committed; every secret and volume named is declared."""
    compose = read("compose.yaml")
    services = compose["services"]
    wanted = {secret for service in services.values() for secret in service.get("secrets", [])}
    assert wanted == set(compose["secrets"])
    for declared in compose["secrets"].values():
        assert declared["file"].partition("/")[0] in {"secrets", "tls"}
    assert {"secrets/", "tls/", ".env"} <= set((DEPLOY / ".gitignore").read_text("utf-8").split())
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert name.endswith("_FILE"), name
                assert str(value).startswith("/run/")
    entries = [entry for service in services.values() for entry in service.get("volumes", [])]
    volumes = {re.sub(r"\$\{[A-Z_]+:-(.*?)\}", r"\1", entry).partition(":")[0] for entry in entries}
    assert {name for name in volumes if not name.startswith((".", "/"))} == set(compose["volumes"])
    assert "PASSWORD" not in (DEPLOY / ".env.example").read_text("utf-8")


def test_a_second_place_is_within_reach_of_who_copies_and_who_restores(services: dict[str, Any]) -> None:
    """A folder of another disk, which the containers' account may write to, is named in the settings."""
    for name in ("worker", "setup"):
        assert "${SECOND_PLACE:-second}:/zweiter-ort" in services[name]["volumes"]
    assert "/zweiter-ort" in (DEPLOY / "Dockerfile").read_text("utf-8")


def test_our_own_containers_may_little(services: dict[str, Any]) -> None:
    """Not root, nothing written but in memory and the volume; images named without a host."""
    worker = services["worker"]
    assert worker["user"] == "10001:10001"
    assert worker["cap_drop"] == ["ALL"]
    for name in ("worker", "setup", "pgbouncer"):
        assert services[name]["read_only"] is True
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert re.findall(r"(?m)^USER (\S+)$", dockerfile) == ["platzlotse"]
    assert "--require-hashes -r requirements.lock" in dockerfile
    for copied in re.findall(r"(?m)^COPY (?!--)(.+) \S+$", dockerfile):
        for source in copied.split():
            assert (DEPLOY.parent / source).exists(), source
    images = [service["image"] for service in services.values()]
    for path in DEPLOY.rglob("Dockerfile"):
        images += re.findall(r"(?m)^FROM (\S+)", path.read_text("utf-8"))
    assert not [image for image in images if "/" in image or "." in image.partition(":")[0]]


def test_the_environment_s_settings_are_explained(services: dict[str, Any]) -> None:
    """Each variable the file takes stands in the example, and each of the example is taken."""
    named = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    explained = set(re.findall(r"(?m)^([A-Z_]+)=", (DEPLOY / ".env.example").read_text("utf-8")))
    assert named == explained
    assert services["worker"]["environment"]["PLATZLOTSE_SERVER"] == "postgres"


@pytest.mark.parametrize("given", ["backup", "login", ""])
def test_the_image_starts_with_or_without_what_compose_gives(
    services: dict[str, Any], tmp_path: Path, given: str
) -> None:
    """It needs the worker's password alone; with that of backups their login is where a command beside it looks."""
    told = services["worker"]["environment"]["PLATZLOTSE_BACKUP_LOGIN"]
    script = (DEPLOY / "worker.sh").read_text("utf-8").replace("exec python main.py --profile /data worker", "env")
    assert f":-{told}}}" in script
    for name in ("/tmp", "/data"):  # noqa: S108 - the container's
        script = script.replace(name, str(tmp_path))
    secret, login = tmp_path / "secret", tmp_path / "login"
    secret.write_text("a:b\n")
    surroundings = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PLATZLOTSE_WORKER_PASSWORD_FILE": str(secret),
    }
    if given:
        surroundings["PLATZLOTSE_BACKUP_PASSWORD_FILE"] = str(secret)
    if given == "login":
        surroundings["PLATZLOTSE_BACKUP_LOGIN"] = str(login)
    done = subprocess.run(["sh", "-c", script], env=surroundings, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    named = re.findall(r"(?m)^PLATZLOTSE_BACKUP_LOGIN=(.+)$", done.stdout)
    assert named == {"backup": [str(tmp_path / Path(told).name)], "login": [str(login)], "": []}[given]
    assert [Path(name).read_text().partition("@")[0] for name in named] == (
        ["postgresql+psycopg://sicherungsdienst:a%3Ab"] if named else []
    )


def test_events_can_be_handed_on_from_a_container(services: dict[str, Any]) -> None:
    """Each setting the page on Kafka names reaches the worker there, and the package it needs is in the image."""
    told = re.findall(r"(?m)^\| `(PLATZLOTSE_KAFKA[A-Z_]*)`", (DEPLOY.parent / "docs" / "kafka.md").read_text("utf-8"))
    exported = re.findall(r"export (PLATZLOTSE_KAFKA[A-Z_]*)=", (DEPLOY / "worker.sh").read_text("utf-8"))
    given = {name for name in services["worker"]["environment"] if name.startswith("PLATZLOTSE_KAFKA")}
    assert set(told) == given | set(exported)
    assert "./kafka:/run/kafka:ro" in services["worker"]["volumes"]
    assert "/^confluent-kafka==/" in (DEPLOY / "Dockerfile").read_text("utf-8")
    assert re.search(r"(?m)^confluent-kafka==", (DEPLOY.parent / "requirements-dev.lock").read_text("utf-8"))


def test_developing_changes_only_what_it_must() -> None:
    """The source is mounted read-only, and ports are of this machine."""
    changed = read("compose.dev.yaml")["services"]
    assert set(changed) <= set(read("compose.yaml")["services"])
    assert changed["worker"]["volumes"] == ["..:/app:ro"]
    for name in TLS_ONLY:
        assert changed[name]["ports"][0].startswith("127.0.0.1:")


def test_scripts_may_be_run() -> None:
    """As they are copied into containers."""
    for path in DEPLOY.rglob("*.sh"):
        assert path.stat().st_mode & stat.S_IXUSR, path.name
