"""Tests with real components: skipped where the components are missing; with CI=true a skip turns the run red."""

import os

import pytest

from launcher import debian

skipped = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[skipped] = []
    config.pluginmanager.register(Noticing(config))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if packages := debian.missing(mark.name for mark in item.iter_markers()):
        pytest.skip(f"il manque : {debian.apt_line(packages)}")


class Noticing:
    """Hears of every skip where the run is told of, whichever process tested."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.config.stash[skipped].append(f"{report.nodeid}: {report.longrepr[-1]}")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session):
    if os.environ.get("CI") == "true" and session.config.stash[skipped] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return (yield)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if os.environ.get("CI") == "true" and (names := config.stash[skipped]):
        terminalreporter.section("CI=true: nothing may be skipped")
        for name in names:
            terminalreporter.line(name)
