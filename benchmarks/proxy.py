"""A way between processes that can be cut: `python -m benchmarks.proxy PORT…`.

For each port of this machine it opens another one, and prints them in a line. Commands come on
standard input: `cut` stops every octet and lets new connections wait; `mend` lets them flow again,
after ending one half of the connections that there are, without a word.
"""

import asyncio
import sys


class Way:
    """All connections, and whether anything passes."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, port: int) -> int:
        """Opens a port that leads to another one."""

        async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self.open.wait()
            try:
                there, back = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                writer.transport.abort()
                return
            self.writers.append(writer)
            await asyncio.gather(self.pass_on(reader, back), self.pass_on(there, writer))
            self.writers.remove(writer)

        server = await asyncio.start_server(lead, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, until its end."""
        try:
            while octets := await reader.read(262_144):
                await self.open.wait()
                writer.write(octets)
                await writer.drain()
        except OSError:
            writer.transport.abort()
        finally:
            writer.close()

    def mend(self) -> None:
        """Lets everything pass; some connections did not survive."""
        for writer in self.writers[::2]:
            writer.transport.abort()
        self.open.set()


async def main() -> None:
    way = Way()
    print(*[await way.serve(int(port)) for port in sys.argv[1:]], flush=True)
    loop = asyncio.get_running_loop()
    while command := await loop.run_in_executor(None, sys.stdin.readline):
        way.open.clear() if command.strip() == "cut" else way.mend()


if __name__ == "__main__":
    asyncio.run(main())  # noqa: TID251 - a program of its own
