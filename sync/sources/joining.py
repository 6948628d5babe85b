"""The end of a reading: its pages are brought together one by one; whoever stops it is heard between two."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from domain.acquisition.source_finish import Joining, kept_page, note_joined
from domain.acquisition.source_leases import PagesToJoin, fail_run, give_back
from domain.acquisition.sources import addresses_of
from domain.errors import Invalid, PlatzlotseError
from domain.weektime import office_day
from sync.http.client import Write

log = logging.getLogger(__name__)


def join(
    write: Write, pages: PagesToJoin, *, now: Callable[[], datetime], lease: timedelta, stopped: Callable[[], bool]
) -> None:
    """Bring them together and note what they came to; a worker that is told to stop leaves them to the next."""
    joining = Joining(pages.form)
    try:
        for address in addresses_of(pages.form):
            if stopped():
                write(partial(give_back, taken=pages, now=now()))
                return
            page = write(partial(kept_page, pages=pages, address=address, now=now(), lease=lease))
            if page is None:
                return
            pages = page.pages
            joining.add(address, page)
        joined = joining.joined(on=office_day(now()))
    except Invalid as exc:
        write(partial(fail_run, taken=pages, cause=exc.code, params=exc.params, now=now()))
        return
    except PlatzlotseError:
        raise  # the database's trouble, not the pages'
    # pages are somebody else's: what nobody foresaw in them hinders this source alone
    except Exception as exc:  # noqa: BLE001
        log.warning("source %d cannot be finished: %s", pages.source_id, type(exc).__name__)
        write(partial(fail_run, taken=pages, cause="source.unforeseen", now=now()))
        return
    write(partial(note_joined, pages=pages, joined=joined, now=now()))
