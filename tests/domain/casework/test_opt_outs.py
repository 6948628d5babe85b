"""The register of who does not want to be written to: since when, why, and where it is written."""

from datetime import datetime

from domain.casework import replies
from domain.casework.availability import change_status
from domain.casework.opt_outs import opt_outs
from domain.database import Database
from tests.builders import add_therapist
from tests.domain.casework.test_receiving import LATER, sent_inquiry, take_in
from tests.domain.communication.incoming.letters import reply


def test_the_register_says_since_when_why_and_where(database: Database, now: datetime) -> None:
    """By a mail that was decided so, by a note with its reason, and by a status of which nothing else is known."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        filed = take_in(session, reply("Bitte schreiben Sie uns nicht mehr.", answers=email.message_id))
        replies.confirm_opt_out(session, filed.incoming_id, now=LATER)
        noted = add_therapist(session, last_name="Rufer")
        change_status(session, noted, "opted_out", now=now, reason="will keine Post")
        silent = add_therapist(session, status="opted_out")
        add_therapist(session)
        by_mail = inquiry.therapist_id
    with database.read() as session:
        found = {one.therapist_id: one for one in opt_outs(session) or ()}
    assert set(found) == {by_mail, noted, silent}
    assert (found[by_mail].source, found[by_mail].mail_id, found[by_mail].exact) == ("mail", filed.incoming_id, True)
    assert (found[noted].source, found[noted].why, found[noted].since) == ("note", "will keine Post", now)
    assert found[noted].noted_by == "Jana Brand"
    assert (found[silent].source, found[silent].exact) == ("status", False)
