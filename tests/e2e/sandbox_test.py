"""The ground the other tests stand on: the sandbox comes up, carries load, and leaves nothing behind."""

import json
import os
import pathlib
import shutil
import signal
import tempfile
import time
import unittest

from e2e import Load, Remains, Sandbox, main
from e2e.case import why_not
from e2e.load import chi_square, show

SERVER = {"dialTimeout": "2s", "idleConnTimeout": "5s"}


class SandboxTest(unittest.TestCase):
    def setUp(self):
        reason = why_not(("DEMO_SERVICE", "DEMO_LOAD"))
        if reason:
            self.skipTest(reason)
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="alcedo-e2e-"))
        self.before = Remains(self.root)
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.box = Sandbox(self.root / "sandbox")
        self.addCleanup(self.box.down)

    def assert_nothing_left(self):
        time.sleep(0.2)
        self.assertEqual(Remains(self.root).new_since(self.before), [])

    def publish(self, *colours):
        """A hand-written document: these colours in equal parts."""
        services = {colour: {"loadBalancer": {"servers": [{"url": f"http://shop-{colour}:8080"}],
                                              "serversTransport": "short"}} for colour in ("blue", "green")}
        children = [{"name": colour, "weight": 100 // len(colours)} for colour in colours]
        services["shop"] = {"weighted": {"services": children}}
        router = {"rule": "Host(`shop.example.com`)", "service": "shop", "entryPoints": ["web"]}
        document = {"http": {"routers": {"shop": router}, "services": services,
                             "serversTransports": {"short": {"forwardingTimeouts": SERVER}}}}
        folder = pathlib.Path(self.box.env["TRAEFIK_DIR"])
        (folder / "staging" / "shop.yaml").write_text(json.dumps(document))
        (folder / "staging" / "shop.yaml").rename(folder / "dynamic" / "shop.yaml")
        time.sleep(0.7)

    def start_colour(self, colour, image, environment=()):
        body = {"Image": image, "Env": [f"ALCEDO_COLOR={colour}", *environment],
                "HostConfig": {"NetworkMode": "alcedo"}}
        status, answer = self.box.engine("POST", f"/containers/create?name=shop-{colour}", body)
        self.assertEqual(status, 201, answer)
        status, answer = self.box.engine("POST", f"/containers/shop-{colour}/start")
        self.assertEqual(status, 204, answer)

    def test_a_switch_by_hand_loses_nothing_and_a_killed_backend_is_seen(self):
        self.box.up()
        self.box.demo_images()
        self.start_colour("blue", "demo:1")
        self.start_colour("green", "demo:2")
        time.sleep(1)
        self.publish("blue")
        load = Load(self.box, self.root, "good", "shop.example.com", rate=60, slow=[5], websockets=[0])
        load.start().wait_for_answers(60)
        self.publish("blue", "green")
        half = time.time()
        time.sleep(3)
        other_half = time.time()
        self.publish("green")
        summary = load.stop()
        self.assertEqual(summary["failed"], 0, show(load.failures()))
        shares = load.versions(half, other_half)
        self.assertGreater(sum(shares.values()), 100)
        self.assertLess(chi_square(shares, {"1": 0.5, "2": 0.5}), 10.83, shares)

        load = Load(self.box, self.root, "bad", "shop.example.com", rate=60, slow=[5], websockets=[0],
                    timeout="3s").start().wait_for_answers(60)
        self.box.engine("POST", "/containers/shop-green/kill")
        time.sleep(1)
        summary = load.stop()
        kinds = {one["kind"] for one in load.failures()}
        self.assertGreater(summary["failed"], 20)
        self.assertLessEqual({"slow", "websocket", "get-new", "post-kept"}, kinds, show(load.failures()))
        self.assertEqual(load.process.returncode, 1)
        slow = next(one for one in load.failures() if one["kind"] == "slow")
        self.assertEqual((slow["failure"], slow["version"]), ("short-body", "2"))

        self.box.down()
        self.box.down()
        self.assert_nothing_left()

    def test_a_killed_engine_and_a_lost_folder_leave_nothing_behind(self):
        self.box.up()
        sleeper = self.box.start("sleep", "600")
        time.sleep(0.5)
        for name in ("dockerd", "holder"):
            pid = int((self.box.folder / "pids" / name).read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.box.folder / "pids")
        self.box.down()
        self.assertEqual(sleeper.wait(5), -signal.SIGKILL)
        self.assert_nothing_left()


if __name__ == "__main__":
    main()
