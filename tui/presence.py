"""Who works here: let in at the door, locked out while away, signed out at the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.events import Event, Key

from core.base.errors import HuifangError
from core.base.language import LANGUAGES, catalogue
from tui.navigation import Navigation

if TYPE_CHECKING:
    from core.base.clock import Clock
    from core.people.access import Right
    from tui.desk import Session
    from tui.jobs.signin import Door, DoorFound
    from tui.jobs.today import StaffRead


class Presence(Navigation):
    """The program with somebody before it: `session` is who, `touched` when they last pressed a key."""

    clock: Clock
    session: Session | None
    touched: datetime
    _own_language: bool

    shut: str = ""
    """Why nobody gets in; a key that asks for the store says so."""

    def _not_in(self, error: HuifangError) -> bool:
        said = self.shut = self.words.error(error)
        self.today.paint_empty([said, self.words.say("ctrl+q leaves the program.")])
        self.today.tell(said, "bad")
        return True

    def on_staff_read(self, event: StaffRead) -> None:
        from tui.explain import choose_staff

        choose_staff(self, event.value)

    def on_door_found(self, event: DoorFound) -> None:
        """In at once, or by way of the list of staff or the sign-in."""
        from tui.jobs.today import StaffRead

        door = event.value
        if door.session is not None:
            self.let_in(door.session)
        elif door.choose:
            self.gateway.ask(self, StaffRead, lambda desk: desk.staff(), excuse=self._not_in)
        else:
            self._ask_secret(door)

    def _ask_secret(self, door: Door) -> None:
        from tui.screens.signin import SignInWindow

        self.today.paint_empty([self.words.say("Sign in to see your list.")])
        self.push_screen(
            SignInWindow(self, door), lambda session: self.let_in(session) if session else self.leave()
        )

    def sign_in(self, code: str) -> None:
        """Let a staff member work here, by their PIN where one is asked."""
        from tui.jobs.signin import DoorFound, find_door

        self.gateway.ask(self, DoorFound, find_door(code), excuse=self._not_in)

    def let_in(self, session: Session) -> None:
        """Somebody works here from now on."""
        self.session = session
        self.shut = ""
        self.touched = self.clock.now()
        if self._own_language and self.session.language in LANGUAGES:
            self.words = catalogue(self.session.language or self.words.lang)
        self.today.paint()
        self.today.begin()

    def leave(self) -> None:
        """End the program; what was typed is kept first, and that somebody with a PIN stopped is on record."""
        self._keep_all()
        if self.session is not None and self.session.secret and not self.gateway.closed:
            from tui.jobs.signin import SignedOut, go_away

            self.gateway.ask(self, SignedOut, go_away(), write=True)
        self.exit(0)

    def _keep_all(self) -> None:
        for screen in self.full_screens():
            screen.keep()

    def show_lock(self) -> None:
        """Cover the screen until its user is back; an open call stays as it is behind it."""
        from tui.screens.signin import LockWindow

        self._keep_all()
        window = LockWindow(self)
        self.gateway.hold(window)
        self.push_screen(window, self._unlocked)

    def _unlocked(self, stay: bool | None) -> None:
        self.touched = self.clock.now()
        self.gateway.go_on()
        if not stay:
            self.leave()

    @property
    def locked(self) -> bool:
        """Whether a lock covers the screens."""
        from tui.screens.signin import LockWindow

        return isinstance(self.screen, LockWindow)

    def lock_if_idle(self) -> None:
        """Lock where nobody has pressed a key for the policy's minutes, and there is a PIN to come back with."""
        if self.session is None or not self.session.secret or self.locked:
            return
        minutes = self.session.rulebook.policy.sign_in.idle_minutes
        if minutes and self.clock.now() - self.touched >= timedelta(minutes=minutes):
            self.show_lock()

    async def on_event(self, event: Event) -> None:
        """Note when a key was last pressed."""
        if isinstance(event, Key):
            self.touched = self.clock.now()
        await super().on_event(event)

    def show_my_secret(self) -> None:
        """Change one's own PIN."""
        from tui.screens.signin import NewSecretWindow

        def done(session: Session | None) -> None:
            if session is not None:
                self.session = session
                self.tell(self.words.say("Your PIN is changed."), "good")

        self.push_screen(NewSecretWindow(self), done)

    def own_store_only(self, right: Right | None) -> str:
        """The code of the reader's store where the right reaches no further for them, else empty."""
        from core.base.actor import Role
        from core.people.access import Scope, scope

        session = self.session
        if session is None or right is None or scope(Role(session.role), right) is Scope.ALL:
            return ""
        return session.store_code
