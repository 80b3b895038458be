"""Routes with TLS and middlewares: released through the https entry point, changed in place, and a
middleware that Traefik does not have never reaches the document. Lost requests allowed: none."""

import json
import pathlib

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import condition, confirmed

HOST = "shop.example.com"


class TlsTest(SandboxCase):
    def test_routes_with_tls_and_middlewares(self):
        self.define("mark", "front")
        secure = f"https://{self.box.env['TRAEFIK_ADDRESS']}:443"
        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("watch.window", "5s")
        plain = manifest.spec["traffic"]["routes"][0]
        tls = {**plain, "name": "secure", "entryPoints": ["websecure"], "tls": {}, "middlewares": ["mark@file"]}
        manifest.spec["traffic"]["routes"].append(tls)
        alcedo = self.daemon([repository.source()], extra=["--traefik-entrypoint", f"websecure={secure}"])
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo.start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        self.assert_served(secure, "1")
        load = self.load("load", HOST).start().wait_for_answers(20)

        there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        self.assert_watch(alcedo.watch("shop", there), 0)
        self.assertEqual(confirmed(alcedo.status("shop")), (0, 100))
        self.assert_served(secure, "2")

        # An edit in place that Traefik would answer with 404 for everybody: it stays where it is.
        served = self.document()["alcedo.yaml"]
        containers = self.identities(name="shop")
        plain["middlewares"] = ["late"]
        edit = repository.commit("Auth for the plain route", {"shop.yaml": str(manifest)})
        done = alcedo.watch("shop", edit)
        self.assert_watch(done, 2)
        self.assertIn("middleware late@file does not exist in Traefik", done.stdout)
        status = alcedo.status("shop")
        self.assertEqual(condition(status, "Stalled").get("reason"), "MiddlewareMissing")
        self.assertEqual(self.document()["alcedo.yaml"], served, "nothing was published")
        self.define("late", "late")
        # Ready is about the colour that serves; that the edit is applied too, the confirmed weights say.
        alcedo.wait_for("shop", "serving with it", lambda s: condition(s, "Ready").get("status") == "True" and
                        b"late@file" in self.document()["alcedo.yaml"][0] and confirmed(s) is not None, 20)
        _, _, headers = self.box.fetch(f"http://{self.box.env['TRAEFIK_ADDRESS']}", {"Host": HOST})
        self.assertEqual(headers["X-Late"], "late")
        self.assertEqual(self.identities(name="shop"), containers, "no container was touched for it")

        # A release that needs one: rejected in Preparing, and free again with the next generation.
        tls["middlewares"] = ["mark@file", "nope@file"]
        bad = repository.commit("Ship version 1 again", {"shop.yaml": str(manifest.active("blue"))})
        self.assert_watch(alcedo.watch("shop", bad), 2)
        hold = alcedo.status("shop")["hold"]
        self.assertEqual((hold["kind"], hold["reason"]), ("Rejected", "MiddlewareMissing"))
        self.assert_served(secure, "2")
        tls["middlewares"] = ["mark@file"]
        good = repository.commit("Without it", {"shop.yaml": str(manifest)})
        self.assert_watch(alcedo.watch("shop", good), 0)
        self.assert_served(secure, "1")
        self.assert_none_lost(load, load.stop())

    def define(self, name, value):
        """A middleware in a file of the operator's, whole or not at all."""
        headers = {"headers": {"customResponseHeaders": {f"X-{name.title()}": value}}}
        folder = pathlib.Path(self.box.env["TRAEFIK_DIR"])
        staged = folder / f"{name}.yaml"
        staged.write_text(json.dumps({"http": {"middlewares": {name: headers}}}) + "\n")
        staged.rename(folder / "dynamic" / staged.name)

    def assert_served(self, secure, version):
        status, body, headers = self.box.fetch(secure, {"Host": HOST})
        self.assertEqual(status, 200, body)
        self.assertEqual(headers["X-Mark"], "front")
        self.assertEqual(json.loads(body)["version"], version)


if __name__ == "__main__":
    main()
