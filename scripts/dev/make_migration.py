"""Write a new migration from the tables: `python -m scripts.dev.make_migration 0002 "what changes"`.

Run it with HUIFANG_DATABASE at a PostgreSQL store of the version before: SQLite does not show every change.
"""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from core.base.settings import load_settings
from core.schema import METADATA
from core.store import migrate
from core.store.engine import Store


def main(revision: str, message: str) -> None:
    """Compare the store with the tables and write `core/store/migrations/versions/REVISION.py`."""
    store = Store(load_settings().database)
    folder = Path(migrate.__file__).with_name("migrations")
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s")
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = METADATA
        command.revision(config, message=message, rev_id=revision, autogenerate=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
