"""Traefik's Docker provider runs beside Alcedo: a host is taken over from a router of container labels, a release
through it, and none of Alcedo's containers ever becomes a router of that provider. Lost requests allowed: none."""

import json
import time

from e2e import Manifest, Repository, SandboxCase, main
from e2e.alcedo import confirmed

HOST = "shop.example.com"
LABELS = {
    "traefik.enable": "true",
    "traefik.http.routers.legacy.rule": f"Host(`{HOST}`)",
    "traefik.http.routers.legacy.entrypoints": "web",
    "traefik.http.services.legacy.loadbalancer.server.port": "8080",
}


class DockerProviderTest(SandboxCase):
    def test_takes_a_host_over_and_stays_out_of_the_way(self):
        socket = f"{self.box.folder}/docker.sock:/var/run/docker.sock"
        self.box.replace_traefik("--providers.docker=true", f"--providers.docker.network={self.network()}",
                                 binds=[socket])
        self.run_legacy()
        self.wait_for(lambda: self.answer()[0] == 200, "the router of labels")
        self.assertEqual(self.answer(), (200, "3"))
        load = self.load("load", HOST).start().wait_for_answers(20)

        repository = Repository(self.folder / "git")
        manifest = Manifest().colour("blue", "demo:1").colour("green", "demo:2").set("watch.window", "3s")
        first = repository.commit("Shop, version 1", {"shop.yaml": str(manifest)})
        alcedo = self.daemon([repository.source()]).start()
        self.assert_watch(alcedo.watch("shop", first), 0)
        self.assertEqual(self.answer(), (200, "1"), "the higher priority takes the host over")
        self.assertEqual(self.routers_of_labels(), ["legacy@docker"])

        there = repository.commit("Ship version 2", {"shop.yaml": str(manifest.active("green"))})
        self.assert_watch(alcedo.watch("shop", there), 0)
        self.assertEqual(confirmed(alcedo.status("shop")), (0, 100))
        self.assertEqual(self.answer(), (200, "2"))
        self.assertEqual(self.routers_of_labels(), ["legacy@docker"])

        # The old way can go now.
        self.box.engine("DELETE", "/containers/legacy?force=1")
        self.wait_for(lambda: not self.routers_of_labels(), "gone routers")
        self.assertEqual(self.answer(), (200, "2"))
        self.assert_none_lost(load, load.stop())

        self.assert_labels_are_refused(alcedo, repository, manifest)

    def assert_labels_are_refused(self, alcedo, repository, manifest):
        """The same labels in a service: refused, with the route to write instead; what runs stays."""
        before = self.identities(name="shop")
        manifest.spec["services"]["web"]["labels"] = LABELS
        path = self.folder / "labels.yaml"
        path.write_text(str(manifest))
        done = self.box.run(alcedo.binary, "validate", path)
        self.assertEqual(done.returncode, 1)
        said = done.stdout + done.stderr
        for part in (f"{path}:", "labels", "legacy", f"Host(`{HOST}`)", "8080", "routes"):
            self.assertIn(part, said)
        bad = repository.commit("Labels", {"shop.yaml": str(manifest)})
        self.assertEqual(alcedo.watch("shop", bad).returncode, 5)
        self.assertEqual(self.identities(name="shop"), before)

    def network(self):
        return self.box.env["SANDBOX_NETWORK"]

    def run_legacy(self):
        body = {"Image": "demo:3", "Labels": LABELS, "HostConfig": {"NetworkMode": self.network()}}
        for path, sent in (("/containers/create?name=legacy", body), ("/containers/legacy/start", None)):
            status, answer = self.box.engine("POST", path, sent)
            self.assertLess(status, 300, answer)
        self.addCleanup(self.box.engine, "DELETE", "/containers/legacy?force=1")

    def routers_of_labels(self):
        _, body = self.box.http(f"{self.box.env['TRAEFIK_API']}/api/http/routers?per_page=1000")
        return sorted(one["name"] for one in json.loads(body) if one["provider"] == "docker")

    def answer(self):
        status, body = self.box.http(self.box.env["ENTRYPOINT_WEB"], {"Host": HOST})
        return status, json.loads(body)["version"] if status == 200 else body

    def wait_for(self, holds, what):
        deadline = time.monotonic() + 20
        while True:
            try:
                if holds():
                    return
            except OSError:
                pass
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.1)


if __name__ == "__main__":
    main()
