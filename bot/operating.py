"""The operator's part of the command line: keys. Each command imports only what it uses."""

import typer

keys = typer.Typer(help="The keys that workspaces’ tokens are encrypted with in the database.", no_args_is_help=True)


@keys.command("new")
def new_key() -> None:
    """Print a fresh key for PAPERROUND_SECRET_KEYS. Put it first there; keep the older ones behind it, with commas between."""
    from storage import sealing

    typer.echo(sealing.new_key())


@keys.command("rotate")
def rotate_keys() -> None:
    """Encrypt all stored tokens anew with the first key. After that the older keys may go."""
    from bot.settings import load_settings
    from storage.open import open_storage

    settings = load_settings()
    storage = open_storage(settings.database_url.get_secret_value(), secret_keys=settings.secret_key_list)
    try:
        count = storage.installs.rotate()
    finally:
        storage.close()
    which = "1 installation is" if count == 1 else f"{count} installations are"
    typer.echo(f"{which} encrypted with the first key of PAPERROUND_SECRET_KEYS. Once every process uses it, the others may go.")
