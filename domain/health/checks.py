"""All checks of the database in the order people read them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from domain.health import guards, roles, server, work
from domain.health.models import Check, Finding, run_checks

CHECKS: Mapping[str, Check] = {
    "version": server.version,
    "schema": server.schema,
    "tls": server.encryption,
    "clock": server.clock,
    "jit": server.planning,
    "roles": roles.nobody_mighty,
    "grants": roles.grants,
    "sealing": server.sealing,
    "guards": guards.guards,
    "surroundings": guards.surroundings,
    "worker": work.worker,
    "queue": work.queue,
    "accounts": work.accounts,
    "services": work.services,
    "contact_chain": work.contact_chain,
    "audit_chain": work.audit_chain,
    "backup": work.backups,
}


def database_findings(session: Session, *, now: datetime) -> tuple[Finding, ...]:
    """How it stands with the database and with what works on it; `now` is the clock of this machine."""
    return run_checks(session, CHECKS, now=now)
