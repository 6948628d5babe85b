"""Setting a seat up and opening it, for the window's first minutes: the work behind `ui.first_run.ports.Seats`.

The choice is remembered last, when everything else has worked; whatever fails before leaves no settings.
Holds the one open seat until `close`. Knows no widget.
"""

from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import replace

from sqlalchemy.engine import make_url

from app.own_password import OwnPassword
from app.paths import Profile
from app.sample_office import SAMPLE_SEAT, TRIAL
from app.seat import Seat, offline_seat, open_seat, password_name
from app.secrets import has_keyring, remember
from app.server_seat import pooler_url, reach, server_url
from app.settings import SYSTEM_CERTIFICATES, Mode, ServerSettings, Settings, load, save
from app.wrong_passwords import WrongPasswords, account
from domain.errors import Invalid
from ui.first_run.ports import OwnSeat, ServerAddress, ServerAnswer, Step, Tell


class SeatKeeper:
    """Sets up and opens the seat of one profile. A `Seats`; one call at a time."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._wrong = WrongPasswords(profile.wrong_passwords)
        self._open_seat = ExitStack()
        self._own_password: OwnPassword | None = None
        self.opened: tuple[Profile, Seat] | None = None

    def close(self) -> None:
        """Give the open seat back."""
        self.opened = None
        self._open_seat.close()

    def keeps_passwords(self) -> bool:
        """Whether this system has a keyring worth the name."""
        return has_keyring()

    def known_server(self) -> ServerAddress | None:
        """The server of the settings; None where they name none or cannot be read."""
        try:
            settings = load(self._profile.settings)
        except Invalid:
            return None
        server = settings.server
        if settings.mode is not Mode.SERVER:
            return None
        ca_file = "" if server.sslrootcert == SYSTEM_CERTIFICATES else server.sslrootcert
        return ServerAddress(server.host, server.port, server.database, server.user, ca_file)

    def try_out(self, tell: Tell) -> None:
        """Open the samples apart from this profile's own work, which stays as undecided as it was."""
        profile = self._profile.trial
        profile.make()
        settings = TRIAL
        self._enter(profile, settings, tell, then=lambda: save(profile.settings, settings))

    def work_alone(self, own: OwnSeat, tell: Tell) -> None:
        """Make the embedded database and remember the choice."""
        settings = Settings(mode=Mode.SINGLE)
        mail = replace(settings.mail, sender_name=own.office, sender=own.email or settings.mail.sender)
        settings = replace(settings, mail=mail)

        def keep() -> None:
            tell(Step.SAVING)
            save(self._profile.settings, settings)

        self._enter(self._profile, settings, tell, own=own, then=keep)

    def test_server(self, address: ServerAddress, password: str) -> ServerAnswer:
        """Log in once."""
        server = _server(address)
        with self._wrong.counted(account(server)):
            found = reach(server, password=password)
        return ServerAnswer(found.person, found.version, found.encrypted)

    def join_office(self, address: ServerAddress, password: str, tell: Tell) -> None:
        """Log in, keep the password in the keyring, and only then the settings; the mail settings stay."""
        # without the environment: what a service overrides must not become this seat's own
        known = load(self._profile.settings, {}) if self.known_server() is not None else Settings()
        # the pooler is set by whoever runs the office's server, in the file
        settings = replace(known, mode=Mode.SERVER, server=replace(_server(address), pooler=known.server.pooler))

        def keep() -> None:
            tell(Step.SAVING)
            save(self._profile.settings, settings)
            # without a keyring it is asked at every start
            remember(password_name(settings.server), password)
            self._profile.locked.unlink(missing_ok=True)

        with self._wrong.counted(account(settings.server)):
            self._enter(self._profile, settings, tell, password=password, then=keep)

    def open(self, password: str | None, tell: Tell) -> None:
        """Open the seat by its settings; a password that was asked for goes to the keyring, if there is one."""
        settings = load(self._profile.settings)

        def keep() -> None:
            if password:
                remember(password_name(settings.server), password)
                self._profile.locked.unlink(missing_ok=True)

        # a password the keyring has kept too long was typed by nobody
        with self._wrong.counted(account(settings.server)) if password else nullcontext():
            self._enter(self._profile, settings, tell, password=password, then=keep)

    def password_is_given(self) -> bool:
        """Whether the open seat waits for an own password of its person."""
        return self.opened is not None and self.opened[1].password_given

    def choose_password(self, password: str) -> None:
        """Have the server take it, then the keyring; the open seat works with it from now on."""
        assert self.opened is not None
        profile, seat = self.opened
        server = load(profile.settings).server
        if self._own_password is None:
            self._own_password = OwnPassword(server, make_url(seat.person_url).password)
        self._own_password.choose(password)
        # where this is cut the keyring knows the old one, and the next start asks
        remember(password_name(server), password)
        self.opened = (
            profile,
            replace(
                seat,
                person_url=server_url(server, password=password),
                pooler_url=pooler_url(server, password=password),
                password_given=False,
            ),
        )

    def open_without_server(self, password: str | None) -> None:
        """Open an office's seat while its server is away."""
        settings = load(self._profile.settings)
        with self._wrong.counted(account(settings.server)) if password else nullcontext():
            self.opened = (self._profile, offline_seat(self._profile, settings, password=password))

    def _enter(
        self,
        profile: Profile,
        settings: Settings,
        tell: Tell,
        *,
        own: OwnSeat | None = None,
        password: str | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Open the seat, do what remains, and keep it open only if all went well."""
        tell(Step.SERVER if settings.mode is Mode.SERVER else Step.DATABASE)
        with ExitStack() as trial:
            newcomer = SAMPLE_SEAT if settings.mode is Mode.TRIAL else None
            seat = trial.enter_context(open_seat(profile, settings, own=own, newcomer=newcomer, password=password))
            if settings.mode is Mode.TRIAL:
                tell(Step.SAMPLES)
                from app.sample import fill_with_samples  # brings all of the worker with it

                fill_with_samples(seat)
            then()
            self._open_seat = trial.pop_all()
        self._own_password = None
        self.opened = (profile, seat)


def _server(address: ServerAddress) -> ServerSettings:
    return ServerSettings(
        host=address.host,
        port=address.port,
        database=address.database,
        user=address.user,
        sslrootcert=address.ca_file or SYSTEM_CERTIFICATES,
    )
