"""What went wrong, in a sentence: the last line of defence of every command, so that no user sees a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb

from core.base.errors import Cancelled, HuifangError, StoreTrouble
from core.base.language import LANGUAGES, N_, Catalogue, catalogue, locale_language

REFUSED = 1


def spoken_language(arguments: Sequence[str]) -> str:
    """The language asked for by `--lang`, by HUIFANG_LANG, or by the locale; it may be one there is not."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and place + 1 < len(arguments):
            return arguments[place + 1]
    return os.environ.get("HUIFANG_LANG") or locale_language()


def some_words(arguments: Sequence[str]) -> Catalogue:
    """A catalogue to speak with, whatever was asked for."""
    lang = spoken_language(arguments)
    return catalogue(lang if lang in LANGUAGES else locale_language())


def guarded(work: Callable[[], int], arguments: Sequence[str], words: Catalogue | None = None) -> int:
    """The exit code of `work`; what it raises is told in a sentence on stderr."""
    safe_streams()
    try:
        return work()
    except HuifangError as error:
        return told(error, words or some_words(arguments))
    except KeyboardInterrupt:
        complain((words or some_words(arguments)).say(N_("Cancelled: nothing was changed by what was under way.")))
        return REFUSED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nothing is wrong. What is buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except OSError as error:
        known = outside_trouble(error)
        return told(known, words or some_words(arguments)) if known else unexpected(error, arguments, words)
    except Exception as error:
        return unexpected(error, arguments, words)


def told(error: HuifangError, words: Catalogue) -> int:
    """Say what a HuifangError says."""
    complain(words.error(error))
    if isinstance(error, Cancelled) or not debugging():
        return REFUSED
    import traceback

    traceback.print_exception(error)
    return REFUSED


def outside_trouble(error: OSError) -> HuifangError | None:
    """An error of the file system as a sentence, where it names a file."""
    if error.filename is None:
        return None
    from core.base.outside import reason_of

    return StoreTrouble(
        "file.trouble",
        N_("The file {file} can't be used: {reason}."),
        file=error.filename,
        reason=reason_of(error),
    )


def unexpected(error: BaseException, arguments: Sequence[str], words: Catalogue | None) -> int:
    """A fault of the program: one sentence for the user, the trace in the log, without personal data."""
    speaking = words or some_words(arguments)
    log = log_trace(error)
    if log is None:
        complain(speaking.say(N_("Something unexpected happened ({kind})."), kind=type(error).__name__))
    else:
        complain(
            speaking.say(
                N_("Something unexpected happened ({kind}); what had been saved is safe. Details: {log}"),
                kind=type(error).__name__,
                log=log,
            )
        )
    if debugging():
        import traceback

        traceback.print_exception(error)
    return REFUSED


def log_trace(error: BaseException) -> Path | None:
    """Write where it happened, not with which values: messages and parameters may hold personal data."""
    from core.base.settings import home_folder

    log = home_folder(os.environ) / "logs" / "huifang.log"
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} huifang"]
    cause: BaseException | None = error
    while cause is not None:
        lines.append(f"  {type(cause).__module__}.{type(cause).__qualname__}")
        lines.extend(f"    {f.filename}:{f.lineno} {f.name}" for f in extract_tb(cause.__traceback__))
        cause = cause.__cause__ or cause.__context__
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return log


def complain(sentence: str) -> None:
    """Put a sentence on stderr, harmless whatever it quotes."""
    from core.base.text import harmless

    print(harmless(sentence), file=sys.stderr)


def debugging() -> bool:
    """Whether HUIFANG_DEBUG asks for tracebacks."""
    return os.environ.get("HUIFANG_DEBUG", "") not in ("", "0")


def safe_streams() -> None:
    """Let a character that the terminal's encoding lacks be shown as an escape, not end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
