"""What is run on faxapi: `nox -l` lists it, `nox -s tests` runs one part."""

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = True
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "lint", "typing", "docs"]

PYTEST = ("pytest", "--numprocesses=4", "--dist=worksteal")
# As long as all others together.
TRUST = ("tests/faults", "tests/secrets")
PYPROJECT = nox.project.load_toml("pyproject.toml")


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group, which an old pip could not read itself."""
    return list(nox.project.dependency_groups(PYPROJECT, name))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; what stands after `--` goes to pytest."""
    # The plug-in is a provider as strangers write them: a package of its own.
    session.install("-e", ".[all]", "-e", "./tests/plugin", *group("tests"))
    session.run(*PYTEST, *session.posargs)


@nox.session
def trust(session: nox.Session) -> None:
    """Try every fault on every provider, and search all that comes out for secrets."""
    session.install("-e", ".[all]", "-e", "./tests/plugin", *group("tests"))
    session.run(*PYTEST, *TRUST, *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and say which branches none of them takes."""
    session.install("-e", ".[all]", "-e", "./tests/plugin", *group("coverage"))
    report = ("--cov", "--cov-report=term-missing:skip-covered")
    session.run(*PYTEST, "tests", *TRUST, *report, *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the oldest versions that the requirements allow."""
    session.install("uv")
    oldest = ("uv", "pip", "install", "--resolution=lowest-direct")
    # An SDK of OpenTelemetry's goes with the interface of its own version alone.
    sdk = [each for each in group("tests") if each.startswith("opentelemetry-")]
    session.run(*oldest, "--editable=.[all]", "--editable=./tests/plugin", *sdk)
    session.install(*group("tests"))
    session.run("uv", "pip", "list")
    session.run(*PYTEST, *session.posargs)


@nox.session
def audit(session: nox.Session) -> None:
    """Ask PyPI's database for known vulnerabilities of what the package requires."""
    session.install("pip-audit", "uv")
    versions = f"{session.create_tmp()}/requirements.txt"
    resolve = ("uv", "pip", "compile", "--quiet", "--all-extras", "--generate-hashes")
    session.run(*resolve, "--output-file", versions, "pyproject.toml")
    session.run("pip-audit", "--strict", "--require-hashes", "--disable-pip", "-r", versions)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Send it hostile input for five minutes; `-- --minutes 60` for longer, `--only` for a part."""
    session.install("-e", ".[cli,sandbox]", *group("tests"))
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and the format."""
    session.install(*group("lint"))
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types, with mypy and with pyright."""
    session.install("-e", ".[all]", *group("typing"))
    session.run("mypy")
    session.run("pyright")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; with `-- serve`, show it and follow changes."""
    session.install("-e", ".[cli,sandbox]", *group("docs"))
    command = session.posargs or ["build", "--strict"]
    session.run(
        "mkdocs",
        *command,
        "--config-file",
        "docs/mkdocs.yml",
        # mkdocs 1 is what the docs are written for: its advice about version 2 is no help here.
        env={"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"},
    )


@nox.session
def interop(session: nox.Session) -> None:
    """Test against ASP.NET on Mono, which is installed if need be, and with others' clients."""
    session.install("-e", ".[cli,sandbox]", "-e", "./tests/plugin", *group("interop"))
    session.run("python", "-m", "tests.interop.install")
    session.run("pytest", "tests/interop", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Look at the HTML report in Chromium, which is installed if need be.

    With `-- pictures FOLDER`, write pictures of one.
    """
    extras = ".[cli,report,sandbox]"
    session.install("-e", extras, "-e", "./tests/plugin", *group("browser"))
    session.run("python", "-m", "tests.browser.install")
    if session.posargs[:1] == ["pictures"]:
        session.run("python", "-m", "tests.browser.pictures", *session.posargs[1:])
    else:
        session.run("pytest", "tests/browser", *session.posargs)


@nox.session
def pictures(session: nox.Session) -> None:
    """Make the pictures of the README and the documentation, with Chromium."""
    session.install("-e", ".[all]", *group("browser"))
    session.run("python", "-m", "tests.browser.install")
    session.run("python", "-m", "tests.pictures")


@nox.session
def store(session: nox.Session) -> None:
    """Kill syncs into DuckDB and into PostgreSQL, which is installed if need be."""
    extras = ".[cli,report,sandbox,store]"
    session.install("-e", extras, "-e", "./tests/plugin", *group("tests"))
    session.run("python", "-m", "tests.store.install")
    session.run("pytest", "tests/store", "--numprocesses=2", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Try every fault, and write the figures and tables of the page "Reliability"."""
    session.install("-e", ".[cli,sandbox]", "-e", "./tests/plugin", *group("tests"))
    session.run("python", "-m", "tests.faults")


@nox.session
def scale(session: nox.Session) -> None:
    """Collect on clusters of this machine, of which workers are killed."""
    session.install("-e", ".[cli,sandbox,scale]", "-e", "./tests/plugin", *group("tests"))
    session.run("pytest", "tests/cluster", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, and write docs/pages/benchmarks.md; with `-- decode`, measure that alone."""
    session.install(".[arrow,cli,sandbox,scale]", *group("bench"))
    session.run("python", "-m", "tests.bench", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Collect from the three simulated providers at once, and show what came."""
    session.install(".[cli,sandbox]")
    session.run("faxapi", "demo", *session.posargs)
