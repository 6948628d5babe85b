"""Every line of a batch counts in exactly one figure, whatever people and the worker do to it in whatever order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.casework.batches.forecast import forecast
from domain.casework.batches.gathering import gather_practices
from domain.casework.batches.making import make_next
from domain.casework.batches.steering import leave_out, pause, put_back, resume, take_back
from domain.casework.mail_reports import decide_unclear, mail_failed, mail_postponed, mail_sent, retry_failed
from domain.communication.account_states import kept_back, note_let_in, note_sending
from domain.communication.accounts import AccountForm, save_account
from domain.communication.batch_models import BatchLine
from domain.communication.claiming import claim, release_due
from domain.communication.outcomes import Failure, note_unclear
from domain.database import Database
from domain.errors import PlatzlotseError
from domain.outside import FAILURES_BEFORE_OPEN, note_failure
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.batches.steps import NOW, figures, release, take_all_back
from tests.examples import examples
from ui.mail.batches.wording import leaving, time_left

PERSON = ("release", "make", "pause", "resume", "leave_out", "put_back", "take_back", "retry", "arrived")
WORKER = ("due", "sent", "failed", "later", "unclear")
ACTS = st.lists(st.tuples(st.sampled_from(PERSON + WORKER), st.integers(0, 3)), max_size=25)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_figures_add_up(steady_office: Office, acts: list[tuple[str, int]]) -> None:
    """After every act; and a mail of a held batch is never claimed."""
    database = steady_office.database("jana")
    with database.write() as session:
        search = add_search(session, add_patient(session))
        practices = [add_therapist(session, email="" if n == 3 else f"p{search}-{n}@praxis.example") for n in range(4)]
        batch = gather_practices(session, search_id=search, therapist_ids=practices).batch_id
    for act, which in acts:
        before = figures(database, batch)
        sending = before.sending
        _do(database, batch, act, which)
        after = figures(database, batch)
        assert after.lines == before.lines == 4
        if before.status in {"paused", "taken_back"} and act in WORKER:
            assert after.sending <= sending
    database.close()


def _do(database: Database, batch: int, act: str, which: int) -> None:
    """One act on the batch or one of its lines; what the rules refuse stays undone."""
    later = NOW + timedelta(hours=1)
    try:
        with database.write() as session:
            lines = session.scalars(select(BatchLine).where(BatchLine.batch_id == batch).order_by(BatchLine.id)).all()
            number, email = lines[which].id, lines[which].email_id
            steps: dict[str, Callable[[], object]] = {
                "release": lambda: release(session, batch, now=NOW),
                "pause": lambda: pause(session, batch),
                "resume": lambda: resume(session, batch, now=later),
                "take_back": lambda: take_back(session, batch),
                "make": lambda: make_next(session, batch, now=NOW),
                "leave_out": lambda: leave_out(session, batch, [number]),
                "put_back": lambda: put_back(session, batch, [number]),
                "due": lambda: release_due(session, now=later),
            }
            if act in steps:
                steps[act]()
            elif email is not None and act == "retry":
                retry_failed(session, email, now=later)
            elif email is not None and act == "arrived":
                decide_unclear(session, email, arrived=True, now=later)
    except PlatzlotseError:
        return
    if act == "take_back":
        take_all_back(database, batch, now=later)
    if email is not None and act in WORKER:
        _report(database, email, act)


def _report(database: Database, email_id: int, act: str) -> None:
    """The worker takes a mail, where it may, and tells what became of it."""
    later = NOW + timedelta(hours=1)
    with database.write() as session:
        if claim(session, email_id, now=later) is None:
            return
    with database.write() as session:
        if act == "sent":
            mail_sent(session, email_id, now=later, server_reply="250")
        elif act == "failed":
            mail_failed(session, email_id, now=later, failure=Failure("550"))
        elif act == "later":
            mail_postponed(session, email_id, now=later, failure=Failure("451"))
        elif act == "unclear":
            note_unclear(session, email_id, now=later, failure=Failure("cut"))


def test_a_batch_whose_account_does_not_send_promises_no_time(database: Database, worker_database: Database) -> None:
    """The server refuses the login: before the release and while it runs it is said why nothing leaves."""
    with database.write() as session:
        form = AccountForm(name="Büro", address="a@buero.example", smtp_host="mail.buero.example", is_default=True)
        account = save_account(session, form)
    with database.read() as session:
        assert "etwa eine Minute" in time_left(forecast(session, 3, now=NOW, under_way=True), NOW)
    with worker_database.write() as session:
        note_sending(session, account, trouble="smtp.login", size_limit=None)
    with database.read() as session:
        told = forecast(session, 3, now=NOW, under_way=True)
        assert time_left(told, NOW).startswith("Zurzeit warten alle E-Mails. Der Mailserver „mail.buero.example“ lehnt")
        assert "Zurzeit warten alle" in leaving(forecast(session, 3, now=NOW), 3, NOW)
    with database.write() as session:  # somebody enters the password anew
        save_account(session, replace(form, sender_name="Büro"), account_id=account)
    with worker_database.write() as session:
        assert forecast(session, 3, now=NOW, under_way=True).out.trouble == ""
        note_sending(session, account, trouble="mail_server.connection", size_limit=None)  # one line that was cut
        assert forecast(session, 3, now=NOW, under_way=True).out.trouble == ""
        for trouble in ("mail_server.certificate_expired", "smtp.login_needed", "smtp.tls_required"):
            note_sending(session, account, trouble=trouble, size_limit=None)
            told = forecast(session, 3, now=NOW, under_way=True)
            assert told.out.trouble == trouble
            assert time_left(told, NOW).startswith("Zurzeit warten alle E-Mails.")
            assert kept_back(session, account, now=NOW) is None  # tried again by their own waits
        note_let_in(session, account)
        assert forecast(session, 3, now=NOW, under_way=True).out.trouble == ""
        for _ in range(FAILURES_BEFORE_OPEN):
            note_failure(session, "mail.buero.example:587", "mail_server.connection", now=NOW)
        assert forecast(session, 3, now=NOW, under_way=True).out.trouble == "mail_server.resting"
