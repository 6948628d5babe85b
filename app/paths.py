"""Where a profile keeps its things. One folder holds everything of one seat, so it can be moved or thrown away."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path


@dataclass(frozen=True, slots=True)
class Profile:
    """The folder of one seat; `make` creates it for this user only."""

    home: Path

    @classmethod
    def default(cls) -> "Profile":
        """The profile in the user's own data folder."""
        return cls(user_data_path("Platzlotse", appauthor=False))

    @property
    def trial(self) -> "Profile":
        """The folder for trying out: sample data lie apart from work."""
        return Profile(self.home / "sample")

    @property
    def settings(self) -> Path:
        """The seat's settings (TOML)."""
        return self.home / "settings.toml"

    @property
    def postgres(self) -> Path:
        """The embedded database with its owner's secret."""
        return self.home / "postgres"

    @property
    def logins(self) -> Path:
        """Passwords of the embedded database's logins, readable by this user only."""
        return self.home / "postgres" / "logins.json"

    @property
    def worker_key(self) -> Path:
        """The worker's private key, to which passwords of mail accounts are sealed."""
        return self.home / "worker.key"

    @property
    def window_state(self) -> Path:
        """What the window remembers."""
        return self.home / "window.ini"

    @property
    def wrong_passwords(self) -> Path:
        """How many wrong passwords there were, and when the last was."""
        return self.home / "wrong-passwords.json"

    @property
    def locked(self) -> Path:
        """There while the seat is locked: the next start asks for the password."""
        return self.home / "locked"

    @property
    def drafts(self) -> Path:
        """The encrypted store of drafts."""
        return self.home / "drafts.db"

    @property
    def draft_key(self) -> Path:
        """The drafts' key wrapped by a passphrase, where no keyring holds it."""
        return self.home / "drafts.key"

    @property
    def logs(self) -> Path:
        """Log files without personal data."""
        return self.home / "logs"

    @property
    def caught_mail(self) -> Path:
        """Mails caught in the trial mode instead of being sent."""
        return self.home / "caught-mail"

    def make(self) -> None:
        """Create the folder, closed to other users."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name != "nt":
            self.home.chmod(0o700)
        self.logs.mkdir(exist_ok=True, mode=0o700)
