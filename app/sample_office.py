"""The invented office of the samples: who works there, and its letterhead, so that letters look as in an office.

Never written over what an office entered of its own.
"""

from dataclasses import replace

from app.settings import MailSettings, Mode, Settings
from domain.database import Database
from domain.office_settings import read_office, save_office
from ui.first_run.ports import OwnSeat

NAME = "Vermittlungsstelle Musterkreis"
MAILBOX = "vermittlung@musterkreis.example"
SAMPLE_SEAT = OwnSeat("Mara Feldkamp", NAME, "m.feldkamp@musterkreis.example")
TRIAL = Settings(mode=Mode.TRIAL, mail=MailSettings(sender=MAILBOX, sender_name=NAME))
LETTERHEAD = {
    "street": "Musterallee 12",
    "plz": "52062",
    "city": "Aachen",
    "phone": "089 99998-100",
    "email": MAILBOX,
    "legal_footer": (
        "Träger: Musterkreis für seelische Gesundheit e. V., Musterallee 12, 52062 Aachen\n"
        "Vereinsregister Musterstadt VR 0000 · Vorstand: Mara Feldkamp, Igor Sander\n"
        "Datenschutz: datenschutz@musterkreis.example (alle Angaben sind erfunden)"
    ),
}


def give_letterhead(database: Database) -> None:
    """Write the letterhead of an office that has none yet."""
    with database.write() as session:
        office, version = read_office(session)
        if not any((office.street, office.plz, office.city, office.phone, office.legal_footer)):
            save_office(session, replace(office, **LETTERHEAD), version=version)  # type: ignore[arg-type]  # texts only
