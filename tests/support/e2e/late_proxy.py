"""In front of Traefik, for whoever asks it what it serves: every answer as many seconds late as a file says.

    late_proxy.py FILE LISTEN_HOST:PORT=HOST:PORT ...
"""

import asyncio
import pathlib
import sys
import urllib.parse


class LateProxy:
    """Started in the sandbox, where Traefik is; the file may be written at any time."""

    def __init__(self, box, folder, **urls):
        self.file = folder / "late"
        self.wait(0)
        # Not on 127.0.0.1, where Alcedo would take it for a Traefik that is no container.
        ends = {name: f"{box.gateway()}:{18080 + number}" for number, name in enumerate(urls)}
        self.urls = {name: f"http://{end}" for name, end in ends.items()}
        arguments = [f"{ends[name]}={urllib.parse.urlsplit(url).netloc}" for name, url in urls.items()]
        self.process = box.start(sys.executable, __file__, self.file, *arguments)

    def wait(self, seconds):
        self.file.write_text(str(seconds))

    def close(self):
        self.process.kill()
        self.process.wait()


async def pass_on(source, sink, file=None):
    try:
        while data := await source.read(1 << 16):
            if file:
                await asyncio.sleep(float(file.read_text() or 0))
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


async def serve(file, listen, end):
    host, port = end.split(":")

    async def one(reader, writer):
        try:
            answers, questions = await asyncio.open_connection(host, int(port))
        except OSError:
            return writer.close()
        return await asyncio.gather(pass_on(reader, questions), pass_on(answers, writer, file))

    server = await asyncio.start_server(one, *listen.split(":"))
    await server.serve_forever()


async def main(file, pairs):
    ends = (pair.partition("=") for pair in pairs)
    await asyncio.gather(*(serve(pathlib.Path(file), listen, end) for listen, _, end in ends))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
