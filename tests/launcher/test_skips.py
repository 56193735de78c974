"""With CI=true a test that is skipped turns the run red; on a person's machine it does not."""

import os
import subprocess
import sys

import pytest

ONE_SKIPPED = (
    "import pytest\ndef test_done(): pass\n@pytest.mark.skip(reason='no telephone here')\ndef test_left(): pass\n"
)


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_skip_is_a_failure_where_everything_must_run(tmp_path, ci, status):
    (tmp_path / "test_it.py").write_text(ONE_SKIPPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.plugin", "-p", "no:django", "--rootdir", str(tmp_path)]
    env = os.environ | {"CI": ci, "PYTHONPATH": os.pathsep.join([os.getcwd(), f"{os.getcwd()}/src"])}  # noqa: PTH109
    done = subprocess.run(
        [*command, str(tmp_path)], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("no telephone here" in done.stdout) == bool(ci)
