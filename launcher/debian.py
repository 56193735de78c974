"""What tests with real components need from Debian: one table by marker."""

import os
import shutil
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.speech import last_lines, patiently, step, warn

MODULES = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH') or 'x86_64-linux-gnu'}/kamailio/modules"
POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it before it starts a service it has just installed
START_NOTHING = "#!/bin/sh\nexit 101\n"

# marker -> {package: what it brings}
NEEDED: dict[str, dict[str, str]] = {
    "browser": {"chromium": "/usr/bin/chromium", "fonts-noto-core": "/usr/share/fonts/truetype/noto"},
    "sip": {
        "kamailio": "/usr/sbin/kamailio",
        "kamailio-utils-modules": f"{MODULES}/http_client.so",
        "kamailio-extra-modules": f"{MODULES}/jansson.so",
        "sip-tester": "/usr/bin/sipp",
        "baresip-core": "/usr/bin/baresip",
    },
    "mailserver": {
        "dovecot-imapd": "/usr/lib/dovecot/imap",
        "dovecot-lmtpd": "/usr/lib/dovecot/lmtp",
        "dovecot-sieve": "/usr/lib/dovecot/modules/lib90_sieve_plugin.so",
        "postfix": "/usr/sbin/postfix",
    },
    "scanner": {"clamav-daemon": "/usr/sbin/clamd"},
}


def missing(markers: Iterable[str] = tuple(NEEDED)) -> list[str]:
    """The packages not on this machine that tests with these markers need."""
    return sorted(
        package
        for marker in markers
        for package, brings in NEEDED.get(marker, {}).items()
        if not Path(brings).exists()
    )


def apt_line(packages: Iterable[str]) -> str:
    return f"apt install {' '.join(packages)}"


def provide(markers: Iterable[str] = tuple(NEEDED)) -> None:
    """As root on Debian, install what is missing; otherwise say the one line that would."""
    packages = missing(markers)
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        warn(f"Des tests seront sautés. Pour les passer tous : sudo {apt_line(packages)}")
        return
    with step(f"Installation de {', '.join(packages)}"):
        said = install(packages)
    if left := missing(markers):
        warn(f"N’ont pas pu être installés : {', '.join(left)}. Leurs tests seront sautés.\n{last_lines(said)}")


def install(packages: list[str]) -> str:
    """Servers among them are installed, not started: the tests start their own, in their own folders."""
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    with nothing_started():
        status, said = patiently(command, env=env)
        if status:  # the lists of a fresh machine are empty or old
            patiently(["apt-get", "update", "-q"], env=env)
            status, said = patiently(command, env=env)
    return said


@contextmanager
def nothing_started() -> Iterator[None]:
    """No service starts meanwhile. A policy that is already there is its owner's, and stays as it is."""
    policy = POLICY
    try:
        with policy.open("x") as written:
            written.write(START_NOTHING)
        policy.chmod(0o755)
    except FileExistsError:
        yield
        return
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)
