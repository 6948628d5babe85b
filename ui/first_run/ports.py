"""What the first run needs from outside: somebody who sets seats up and opens them. Free of Qt.

Every method of `Seats` may take seconds, runs off the GUI thread and raises PlatzlotseError.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """What is being done while somebody waits."""

    DATABASE = "database"
    SAMPLES = "samples"
    SERVER = "server"
    SAVING = "saving"


Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """Who works alone at this seat: the person's and the office's name, and the mailbox of both."""

    person: str
    office: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the office's database is and who logs in; `ca_file` is empty for the system's certificates."""

    host: str
    port: int
    database: str
    user: str
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What a successful test found: as whom one would work, on which version, and whether it is encrypted."""

    person: str
    version: str
    encrypted: bool


class Seats(Protocol):
    """Sets this seat up and opens it; what is open stays with the implementation."""

    def keeps_passwords(self) -> bool:
        """Whether a password survives the session (in the system's keyring, nowhere else)."""

    def known_server(self) -> ServerAddress | None:
        """The office's server this seat is set up for, or None."""

    def try_out(self, tell: Tell) -> None:
        """Open the sample data in a folder of their own."""

    def work_alone(self, own: OwnSeat, tell: Tell) -> None:
        """Make the seat's own database, name the person in it, remember the choice and open it."""

    def test_server(self, address: ServerAddress, password: str) -> ServerAnswer:
        """Log in as the program would; nothing is kept."""

    def join_office(self, address: ServerAddress, password: str, tell: Tell) -> None:
        """Log in, remember the server, the password in the keyring only, and open the seat."""

    def open(self, password: str | None, tell: Tell) -> None:
        """Open the seat as it was set up; a password given holds for this session."""

    def password_is_given(self) -> bool:
        """Whether somebody else chose the password of whom the seat was opened for. Knows it without asking anybody."""

    def choose_password(self, password: str) -> None:
        """Replace it by the person's own one, here, on the server and in the keyring; what raises kept the old one."""

    def open_without_server(self, password: str | None) -> None:
        """Open the seat of an office whose server is away, to write letters that wait for it."""
