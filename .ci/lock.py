"""Write the exact pins: `constraint-dependencies` in pyproject.toml for uv, and requirements.lock with hashes for the image.

Neither names a package index, so the project installs behind any mirror. Run as `just lock`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
BEGIN, END = "constraint-dependencies = [  # written by `just lock`\n", "]  # end of `just lock`\n"


def compile_pins(*options: str) -> str:
    """What `uv pip compile` resolves for every platform and Python that we support."""
    command = ["uv", "pip", "compile", "--universal", "--no-emit-index-url", "--no-header", "--upgrade", "--quiet", *options]
    done = subprocess.run([*command, "pyproject.toml"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout


def without_pins(project: str) -> str:
    """The project file with no pins, so that the newest allowed versions are found."""
    return re.sub(re.escape(BEGIN) + r".*?" + re.escape(END), BEGIN + END, project, flags=re.DOTALL)


def main() -> None:
    """Resolve twice and write both."""
    project = without_pins(PROJECT.read_text(encoding="utf-8"))
    PROJECT.write_text(project, encoding="utf-8")
    pins = [line for line in compile_pins("--no-annotate", "--group", "dev", "--group", "bench").splitlines() if line and not line.startswith("#")]
    quoted = "".join(f"  '{pin}',\n" if '"' in pin else f'  "{pin}",\n' for pin in pins)
    PROJECT.write_text(project.replace(BEGIN + END, BEGIN + quoted + END), encoding="utf-8")
    (ROOT / "requirements.lock").write_text(compile_pins("--generate-hashes"), encoding="utf-8")
    sys.stdout.write(f"{len(pins)} packages pinned\n")


if __name__ == "__main__":
    main()
