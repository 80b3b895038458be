"""Starting on ground that is not as it should be: refused with the reason, or mended, or looked after."""

import json
import pathlib
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.sandbox import TREE

API, WEB = "127.0.0.1:18080", "127.0.0.1:18081"


def until(what, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return False


class StartingTest(SandboxCase):
    def test_a_traefik_on_the_host_is_refused(self):
        self.box.engine("POST", "/containers/traefik/stop?t=1")
        self.addCleanup(self.box.engine, "POST", "/containers/traefik/start")
        (binary,) = (TREE / "build" / "sandbox").glob("traefik-*/traefik")
        with open(self.folder / "traefik.log", "wb") as log:
            traefik = self.box.start(
                binary, f"--providers.file.directory={self.box.env['TRAEFIK_DIR']}/dynamic", "--api.insecure=true",
                f"--entrypoints.traefik.address={API}", f"--entrypoints.web.address={WEB}", stdout=log, stderr=log)
        try:
            alcedo = self.daemon([f"dir:{self.folder}"])
            for before, after in ((self.box.env["TRAEFIK_API"], f"http://{API}"),
                                  (f"web={self.box.env['ENTRYPOINT_WEB']}", f"web=http://{WEB}")):
                alcedo.arguments[alcedo.arguments.index(before)] = after
            alcedo.start(ready=False)
            self.assertTrue(until(lambda: alcedo.process.poll() is not None), alcedo.log_tail())
            self.assertEqual(alcedo.process.returncode, 1)
            self.assertIn("a host process cannot resolve the names of containers", alcedo.log_tail())
            self.assertIn("docker network connect alcedo", alcedo.log_tail())
        finally:
            traefik.kill()
            traefik.wait()

    @staticmethod
    def routers(path):
        try:
            return set(json.loads(path.read_text())["http"]["routers"])
        except (ValueError, KeyError):
            return set()

    def answers(self):
        return self.box.http(self.box.env["ENTRYPOINT_WEB"], {"Host": "shop.example.com"})[0] == 200

    def test_a_cut_document_and_a_bad_manifest(self):
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2")
        alcedo = self.daemon([repository.source()])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        path = pathlib.Path(self.box.env["TRAEFIK_DIR"]) / "dynamic" / "alcedo.yaml"
        whole = path.read_text()
        for damaged in (whole[:len(whole) // 2], "# mine now\n" + whole, "{}\n"):
            path.write_text(damaged)
            self.assertTrue(until(lambda: self.routers(path) >= {"shop_web"} and self.answers()), path.read_text())

        repository.commit("A slip", {"shop.yaml": "apiVersion: alcedo.dev/v1alpha1\nkind: Blue\n"})
        alcedo.stop()
        alcedo.start()

        def conditions():
            return {one["type"]: one["status"] for one in alcedo.status("shop")["conditions"]}

        # Ready is said when the sources were read; the app's first pass comes a moment later.
        until(lambda: conditions()["SourceSynced"] == "False")
        self.assertEqual((conditions()["Ready"], conditions()["SourceSynced"]), ("True", "False"))
        (name,) = self.box.running(name="shop", color="blue")
        self.box.engine("DELETE", f"/containers/{name}?force=1")
        self.assertTrue(until(lambda: self.box.running(name="shop", color="blue")), alcedo.log_tail())


if __name__ == "__main__":
    main()
