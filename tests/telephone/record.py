"""Play every scene and keep what the exchange told: `python -m tests.telephone.record` writes `traces/` anew.

A trace is one request a line: when it came, its headers, its body. It is replayed where there is no Kamailio, and by
`./callcare calls replay`.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.telephone.receiver import Received, Receiver
from tests.telephone.scenes import EVERY, Scene, play

TRACES = Path(__file__).parent / "traces"
AT_ONCE = 5  # scenes at a time: they mostly wait
HOPS = 20  # enough of a storm
KEPT = ("Content-Type", "User-Agent")  # the others are of the way between two programs


def play_all(folder: Path, scenes: Sequence[Scene], *, hops: int = 70) -> dict[str, list[Received]]:
    """Each scene before a receiver of its own; its callers have numbers of their own."""

    def play_one(scene: Scene) -> list[Received]:
        with Receiver() as receiver:
            play(scene, folder, receiver.hook, line=EVERY.index(scene) + 1, hops=hops)
            return list(receiver.requests)

    with ThreadPoolExecutor(AT_ONCE) as crew:
        return dict(zip([scene.name for scene in scenes], crew.map(play_one, scenes), strict=True))


def lines(requests: Iterable[Received]) -> Iterator[str]:
    for request in requests:
        at = datetime.fromtimestamp(request.at, UTC).isoformat()
        headers = {name.lower(): request.headers[name] for name in KEPT if name in request.headers}
        said = {"received_at": at, "method": "POST", "headers": headers, "body": request.body.decode()}
        yield json.dumps(said, ensure_ascii=False) + "\n"


def read(path: Path) -> list[Received]:
    """A trace as it came. The secret of the address is not in it."""
    every = [json.loads(line) for line in path.read_text().splitlines()]
    return [
        Received(datetime.fromisoformat(one["received_at"]).timestamp(), "", one["headers"], one["body"].encode())
        for one in every
    ]


def main() -> None:
    TRACES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="callcare-scenes-") as folder:
        for name, requests in play_all(Path(folder), EVERY, hops=HOPS).items():
            (TRACES / f"{name}.jsonl").write_text("".join(lines(requests)))
            print(f"{name}: {len(requests)}")


if __name__ == "__main__":
    main()
