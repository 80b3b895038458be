"""A proxy in front of the engine's socket that spoils chosen answers: HTTP/1.1, one request a connection."""

import asyncio
import json
import re
import threading

# What the daemon calls, by method and path behind the version; the first that matches.
ENDPOINTS = (
    ("ping", "GET", r"/_ping"), ("version", "GET", r"/version"), ("events", "GET", r"/events"),
    ("list", "GET", r"/containers/json"), ("inspect", "GET", r"/containers/[^/]+/json"),
    ("logs", "GET", r"/containers/[^/]+/logs"), ("create", "POST", r"/containers/create"),
    ("start", "POST", r"/containers/[^/]+/start"), ("stop", "POST", r"/containers/[^/]+/stop"),
    ("update", "POST", r"/containers/[^/]+/update"), ("remove", "DELETE", r"/containers/[^/]+"),
    ("image", "GET", r"/images/.+/json"), ("pull", "POST", r"/images/create"),
    ("networks", "GET", r"/networks"), ("network", "GET", r"/networks/[^/]+"),
    ("network_create", "POST", r"/networks/create"), ("network_remove", "DELETE", r"/networks/[^/]+"),
    ("connect", "POST", r"/networks/[^/]+/connect"), ("volume_create", "POST", r"/volumes/create"),
)
NAMES = tuple(name for name, _, _ in ENDPOINTS)
# Answered without asking the engine.
REFUSALS = {
    "500": (500, {"message": "fault: internal server error"}),
    "503": (503, "<html><body><h1>503 Service Unavailable</h1>No server is available.</body></html>"),
    "404": (404, {"message": "page not found"}),
    "409": (409, {"message": "Conflict. Something else is at it"}),
}
# "dropped": it is done, but nobody hears of it. "cut": the connection ends in the middle of the body;
# "truncated": what is left of the body is said to be all of it.
FAULTS = ("delay", "hang", "reset", "dropped", "cut", "truncated", "malformed", "giant", *REFUSALS)
EVENT_FAULTS = ("lost", "doubled", "reordered", "silent")
GIANT = 512  # MiB at most: the daemon hangs up long before


def endpoint_of(method, target):
    path = re.sub(r"^/v1\.\d+", "", target.partition("?")[0])
    return next((name for name, verb, shape in ENDPOINTS if verb == method and re.fullmatch(shape, path)), "other")


class FaultProxy:
    def __init__(self, listen, engine):
        self.listen, self.engine = str(listen), str(engine)
        self.endpoint = self.fault = None
        self.hits = 0
        self.calls = []  # endpoints in the order they were called
        self._over = asyncio.Event()
        self._tasks = set()
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()
        self._up.wait(5)
        return self

    def close(self):
        self._loop.call_soon_threadsafe(self._finish)
        self._thread.join(5)

    def spoil(self, endpoint, fault):
        """From now on. Open event streams end, so that the next one is the spoiled one."""
        self.endpoint, self.fault, self.hits = endpoint, fault, 0
        if endpoint == "events":
            self._loop.call_soon_threadsafe(self._end_streams)

    def heal(self):
        """Calls that hang are dropped, later ones go through."""
        self.endpoint = self.fault = None
        self._loop.call_soon_threadsafe(self._let_go)

    # -- inside the thread -------------------------------------------------------------------------

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_unix_server(self._serve, self.listen, limit=1 << 20))
        self._up.set()
        self._loop.run_forever()

    def _finish(self):
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.1, self._loop.stop)

    def _let_go(self):
        self._over.set()
        self._over = asyncio.Event()
        self._end_streams()

    def _end_streams(self):
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader, writer):
        try:
            await self._one(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            pass
        finally:
            writer.close()

    async def _one(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)[:-2] + b"Connection: close\r\n\r\n"
        endpoint = endpoint_of(method, target)
        self.calls.append(endpoint)
        spoiled = self.fault if endpoint == self.endpoint else None
        if spoiled:
            self.hits += 1
        if spoiled in REFUSALS:
            return await self._answer(writer, *REFUSALS[spoiled])
        if spoiled == "reset":
            return None
        if spoiled == "hang":
            return await self._over.wait()
        if spoiled == "delay":
            await asyncio.sleep(1.5)
        ask, upstream = await asyncio.open_unix_connection(self.engine, limit=1 << 20)
        try:
            upstream.write(head.replace(b"\r\n", b"\r\n", 1) + body)
            if endpoint == "events":
                return await self._events(ask, writer, spoiled)
            return await self._relay(ask, writer, spoiled)
        finally:
            upstream.close()

    @staticmethod
    async def _answer(writer, status, said):
        text = said if isinstance(said, str) else json.dumps(said)
        kind = "text/html" if isinstance(said, str) else "application/json"
        writer.write(f"HTTP/1.1 {status} Fault\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n"
                     f"Connection: close\r\n\r\n{text}".encode())
        await writer.drain()

    async def _relay(self, ask, writer, spoiled):
        answer = await ask.read(-1)  # to its end: the engine was told to close
        if spoiled == "dropped":
            return
        if spoiled in (None, "delay"):
            writer.write(answer)
            return await writer.drain()
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head.split(b" ")[1].decode()
        if b"chunked" in head.lower():
            body = b"".join(chunks(body))
        if spoiled == "giant":
            return await self._giant(writer, status)
        if spoiled == "malformed":
            body = b'{"Id": "0123", "Warnings": [nul'
        kept = body[:len(body) // 2] if spoiled in ("cut", "truncated") else body
        stated = len(body) if spoiled == "cut" else len(kept)
        writer.write(f"HTTP/1.1 {status} Fault\r\nContent-Type: application/json\r\nApi-Version: 1.41\r\n"
                     f"Content-Length: {stated}\r\nConnection: close\r\n\r\n".encode() + kept)
        await writer.drain()

    @staticmethod
    async def _giant(writer, status):
        writer.write(f"HTTP/1.1 {status} Fault\r\nContent-Type: application/json\r\nApi-Version: 1.41\r\n"
                     f"Content-Length: {GIANT << 20}\r\nConnection: close\r\n\r\n".encode())
        for _ in range(GIANT):
            writer.write(b" " * (1 << 20))
            await writer.drain()

    async def _events(self, ask, writer, spoiled):
        """Line by line, so that whole events can be lost, doubled or come in another order."""
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            head = await ask.readuntil(b"\r\n\r\n")
            if spoiled == "silent":
                return await self._over.wait()
            writer.write(head)
            await writer.drain()
            if spoiled == "cut":
                return None
            kept = []
            while True:
                line = await read_chunk(ask)
                if not line:
                    return None
                for one in self._spoil_event(line, spoiled, kept):
                    writer.write(b"%x\r\n%s\r\n" % (len(one), one))
                await writer.drain()
        finally:
            self._tasks.discard(task)

    @staticmethod
    def _spoil_event(line, spoiled, kept):
        if spoiled in ("lost", "dropped"):
            return []
        if spoiled == "doubled":
            return [line, line]
        if spoiled in ("malformed", "truncated"):
            return [line[:len(line) // 2] + b"\n"]
        if spoiled == "giant":
            return [b" " * (32 << 20) + b"\n"]
        if spoiled != "reordered":
            return [line]
        kept.append(line)
        if len(kept) < 4:
            return []
        turned = kept[::-1]
        kept.clear()
        return turned


def chunks(body):
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size or b"0", 16)
        yield body[:length]
        body = body[length + 2:]


async def read_chunk(reader):
    size = int(await reader.readline() or b"0", 16)
    data = await reader.readexactly(size)
    await reader.readline()
    return data
