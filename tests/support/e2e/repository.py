"""A bare Git repository and commits into it, as a team would push them."""

import os
import pathlib
import subprocess

IDENTITY = {
    "GIT_AUTHOR_NAME": "Erin", "GIT_AUTHOR_EMAIL": "erin@example.com",
    "GIT_COMMITTER_NAME": "Erin", "GIT_COMMITTER_EMAIL": "erin@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
}


class Repository:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.bare = folder / "deploy.git"
        self.work = folder / "work"
        self.bare.mkdir(parents=True)
        self._git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        self._git(folder, "clone", "--quiet", str(self.bare), str(self.work))
        self._git(self.work, "checkout", "--quiet", "-B", "main")

    @staticmethod
    def _git(where, *arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=where, env={**os.environ, **IDENTITY}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        if done.returncode != 0:
            raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr}")
        return done.stdout.strip()

    def source(self, every="1s"):
        return f"git+file://{self.bare}?ref=main&every={every}"

    def commit(self, message, files):
        """Writes the files (None removes one), commits, pushes; returns the commit's full id."""
        for name, text in files.items():
            path = self.work / name
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        self._git(self.work, "add", "--all")
        self._git(self.work, "commit", "--quiet", "--message", message)
        return self.push()

    def revert(self):
        """git revert of the last commit, pushed."""
        self._git(self.work, "revert", "--no-edit", "HEAD")
        return self.push()

    def push(self):
        self._git(self.work, "push", "--quiet", "origin", "main")
        return self._git(self.work, "rev-parse", "HEAD")
