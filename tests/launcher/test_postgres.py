"""A PostgreSQL of our own: which programs, which folder, and what is refused in one sentence."""

import os

import pytest
from psycopg.conninfo import conninfo_to_dict

from launcher import postgres
from launcher.locks import Lock
from launcher.postgres import Postgres
from launcher.speech import Trouble


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Programs of a PostgreSQL 18 that say their version and nothing else."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("initdb", "postgres", "pg_ctl"):
        program = folder / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
        program.chmod(0o755)
    monkeypatch.setenv("CALLCARE_PG_BIN", str(folder))
    return folder


def test_the_chosen_programs_win(programs):
    assert postgres.binaries() == programs
    assert postgres.version(programs) == 18


def test_too_old_programs_are_refused(programs):
    (programs / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
    with pytest.raises(Trouble, match="ne contient pas de PostgreSQL 15"):
        postgres.binaries()


def test_without_any_programs_one_line_says_what_to_install(monkeypatch):
    monkeypatch.delenv("CALLCARE_PG_BIN", raising=False)
    monkeypatch.setattr(postgres, "candidates", lambda: iter(()))
    with pytest.raises(Trouble, match="apt install postgresql"):
        postgres.binaries()


def test_a_folder_of_another_version_is_refused(programs, tmp_path):
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Trouble, match=r"PostgreSQL 15, mais les programmes sont de PostgreSQL 18.*CALLCARE_PG_BIN"):
        Postgres(tmp_path / "pg").start()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(programs, tmp_path):
    long = tmp_path / ("très-long-" * 10)
    long.mkdir()
    server = Postgres(long / "pg")
    assert len(os.fsencode(server.socket / ".s.PGSQL.5432")) <= postgres.SOCKET_NAME_LIMIT
    assert server.socket != server.data
    assert Postgres(long / "pg").socket == server.socket
    assert Postgres(long / "pg2").socket != server.socket
    short = Postgres(tmp_path / "pg")
    assert short.socket == short.data


def test_the_lock_file_of_a_stranger_is_forgotten(programs, tmp_path):
    """After a restart of the machine its number may be that of any program, here this very one."""
    (tmp_path / "pg").mkdir()
    lock = tmp_path / "pg" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/pg\n")
    Postgres(tmp_path / "pg").forget_stranger()
    assert not lock.exists()


def test_the_address_survives_spaces_and_accents(programs, tmp_path):
    folder = tmp_path / "été & hiver"
    folder.mkdir()
    server = Postgres(folder / "pg")
    facts = conninfo_to_dict(server.url())
    assert facts == {"user": "callcare_app", "dbname": "callcare", "host": str(server.socket)}


def test_only_one_holds_a_lock_and_many_share_it(tmp_path):
    one, two, three = (Lock(tmp_path / "lock") for _ in range(3))
    assert one.take()
    assert not two.take(shared=True, patience=0.2)
    one.release()
    assert two.take(shared=True)
    assert three.take(shared=True)
    assert not one.take()
