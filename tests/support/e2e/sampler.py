"""Something asked for again and again by a thread, as long as a `with` block lasts."""

import threading


class Sampler:
    """A subclass says what `sample()` looks at, and how often in seconds."""

    def __init__(self, every):
        self.every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(self.every):
            self.sample()
