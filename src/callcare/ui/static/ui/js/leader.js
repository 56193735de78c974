// One stream per browser, whatever the number of its tabs: browsers open six connections to a house, and six tabs
// would take them all. The tabs elect a leader by a Web Lock; it reads the stream and tells the others over a
// BroadcastChannel. A SharedWorker would do as well where it exists, but it dies with the page of a single tab, is
// missing on telephones, and would be one more script to name in the policy; a lock is let go by the browser itself
// however its tab ends. A leader that was put to sleep and says nothing for 45 s loses the lock to a tab that is seen.

const QUIET_AT_MOST = 40_000; // ms without a byte (a comment comes every 15 s): the connection is dead
const SILENT_AT_MOST = 45_000; // ms without a word from the leader
const POLLED_EVERY = 5_000;
const RETRIES = [500, 1_000, 2_000, 5_000, 10_000];
const NO_STREAM_HERE = 60_000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Put what the server says in this machine's time: its clock may differ, and tabs share the same. */
function dated(frame) {
  const now = Date.now();
  return { ...frame, skew: frame.now - now, deadline: frame.closes === null ? 0 : now + frame.closes * 1000 };
}

/** Calls `hear` with every message; returns the function that tells all tabs something. `state` says what is known. */
export function leading({ stream, present }, hear, state) {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`live ${stream}`) : null;
  let isLeader = false;
  let isOver = false;
  let heardAt = Date.now();
  let isLost = false;

  const tell = (message) => {
    channel?.postMessage(message);
    hear(message);
  };

  channel?.addEventListener("message", ({ data }) => {
    if (data.kind === "ask") {
      if (isLeader) channel.postMessage({ kind: "snapshot", strips: state() });
      return;
    }
    heardAt = Date.now();
    if (data.kind !== "beat") hear(data);
  });

  function lost(is) {
    if (is === isLost) return;
    isLost = is;
    tell({ kind: is ? "lost" : "back" });
  }

  async function ask(address, how) {
    const answer = await fetch(address, { redirect: "manual", cache: "no-store", ...how });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      isOver = true;
      tell({ kind: "leave" });
    }
    return answer;
  }

  function dispatch(event, data) {
    const said = JSON.parse(data);
    if (event === "snapshot") tell({ kind: "snapshot", strips: said.strips.map(dated) });
    else if (event === "strip") tell({ kind: "strip", frame: dated(said) });
    else if (event === "news") tell({ kind: "news", of: said.of });
    else if (event === "leave") {
      isOver = true;
      tell({ kind: "leave" });
    }
  }

  /** Reads until it breaks off; true if it had begun. */
  async function flow() {
    const abort = new AbortController();
    let dog = setTimeout(() => abort.abort(), QUIET_AT_MOST);
    addEventListener("pagehide", () => abort.abort(), { once: true });
    try {
      const answer = await ask(stream, { signal: abort.signal, headers: { Accept: "text/event-stream" } });
      if (answer.status !== 200 || !answer.body) return answer.status === 204 ? null : false;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      lost(false);
      while (isLeader && !isOver) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(dog);
        dog = setTimeout(() => abort.abort(), QUIET_AT_MOST);
        channel?.postMessage({ kind: "beat" });
        text += value;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const lines = text.slice(0, end).split("\n");
          text = text.slice(end + 2);
          const of = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
          if (of("data")) dispatch(of("event"), of("data"));
        }
      }
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(dog);
      abort.abort();
    }
  }

  async function poll() {
    try {
      const answer = await ask(present);
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      tell({ kind: "snapshot", strips: said.strips.map(dated) });
      lost(false);
    } catch {
      if (!isOver) lost(true);
    }
  }

  async function lead() {
    let tries = 0;
    while (isLeader && !isOver) {
      const came = await flow();
      if (!isLeader || isOver) break;
      tries = came ? 0 : tries + 1;
      let until = Date.now() + (came === null ? NO_STREAM_HERE : RETRIES[Math.min(tries, RETRIES.length - 1)]);
      if (came) until = Date.now() + RETRIES[0] * (0.5 + Math.random()); // not all browsers at the same instant
      while (!came && isLeader && !isOver && Date.now() < until) {
        await poll();
        await pause(Math.min(POLLED_EVERY, Math.max(0, until - Date.now())));
      }
      if (came) await pause(until - Date.now());
    }
  }

  async function run(how = {}) {
    try {
      await navigator.locks.request(`live ${stream}`, how, async () => {
        isLeader = true;
        await lead();
      });
    } catch {
      // Somebody stole the lock: this tab had been asleep.
    }
    isLeader = false;
    if (!isOver) run();
  }

  if (!("locks" in navigator)) {
    isLeader = true; // no secure place, hence no lock: this tab asks for itself, without a stream
    setInterval(() => !isOver && document.visibilityState === "visible" && poll(), POLLED_EVERY);
    poll();
    return tell;
  }
  run();
  channel?.postMessage({ kind: "ask" });
  setInterval(() => {
    const isDue = !isLeader && !isOver && document.visibilityState === "visible" && Date.now() - heardAt > SILENT_AT_MOST;
    if (!isDue) return;
    heardAt = Date.now();
    run({ steal: true });
  }, 5_000);
  return tell;
}
