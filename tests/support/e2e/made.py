"""What dockerd says was created and destroyed, followed as it happens: it forgets all but its last 256 events."""

import json
import threading
import time
import urllib.parse

from .sandbox import UnixConnection

KINDS = {"event": ["create", "destroy"], "type": ["container", "network"]}


class Made:
    """`lines` grows; a thread reads on from where it was when dockerd is back after a restart."""

    def __init__(self, socket):
        self.socket = str(socket)
        self.lines = []
        self._seen = time.time_ns()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._over = False
        self._thread.start()

    def close(self):
        self._over = True

    def _run(self):
        while not self._over:
            try:
                self._follow()
            except (OSError, ValueError):
                time.sleep(0.1)

    def _follow(self):
        connection = UnixConnection(self.socket, timeout=2)
        try:
            since = f"{self._seen // 10**9}.{self._seen % 10**9:09}"
            wanted = urllib.parse.quote(json.dumps(KINDS))
            connection.request("GET", f"/v1.41/events?since={since}&filters={wanted}")
            answer = connection.getresponse()
            while line := answer.readline():
                one = json.loads(line)
                self._seen = one["timeNano"] + 1
                self.lines.append(f"{one['Action']} {one['Actor']['Attributes'].get('name', '?')}")
        finally:
            connection.close()
