"""A whole site that is killed again and again: web servers, workers, a mail server, and what it costs to kill them."""

import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
from django.db.models import QuerySet
from django.utils import timezone

from beautydrop.notifications.models import OutboxMessage
from tests.faults.sink import Sink
from tests.jobs.processes import LIMIT_SECONDS, ROOT, Running, Site, free_port, procfile

WORKERS = 2
THREADS = 2
# By so much the clock of the last workers is ahead: claims of the dead have run out by then, and every wait.
AHEAD = timedelta(minutes=45)
SHIFTED = ROOT / "tests" / "faults" / "shifted_worker.py"


class KilledSite(Site):
    """`killed_threads` counts threads of workers that were killed, each perhaps in the middle of a mail."""

    def __init__(self, folder: Path, sink: Sink, *, redis_url: str = "") -> None:
        super().__init__(folder, redis_url=redis_url)
        self.sink = sink
        self.environment |= {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(sink.port),
            "EMAIL_USE_TLS": "false",
            "WORKER_THREADS": str(THREADS),
            "GUEST_HOLD_MINUTES": "1440",
            "LOG_LEVEL": "WARNING",
        }
        self.port = free_port()
        self.killed_threads = 0
        self.kills: dict[str, int] = {"web worker": 0, "web server": 0, "worker": 0}

    # --- Starting ---------------------------------------------------------------------------------

    def web(self) -> Running:
        # A killed master leaves workers that hold the port until they notice.
        return self.start(
            [*procfile("web"), "--workers", "2", "--bind", f"127.0.0.1:{self.port}", "--reuse-port"]
            + ["--no-control-socket", "--log-level", "warning"]
        )

    def shifted_worker(self, ahead: timedelta, *faults: str) -> Running:
        (python, *_command) = procfile("worker")
        return self.start([python, str(SHIFTED), str(ahead.total_seconds()), *faults])

    # --- Killing ----------------------------------------------------------------------------------

    def kill_worker(self, worker: Running) -> None:
        worker.send(signal.SIGKILL)
        worker.ended()
        self.killed_threads += THREADS
        self.kills["worker"] += 1

    def kill_web_worker(self, web: Running, chance: random.Random) -> None:
        """One of the master's processes; the master starts another."""
        children = psutil.Process(web.process.pid).children()
        if children:
            _kill(chance.choice(children))
            self.kills["web worker"] += 1

    def kill_web(self, web: Running, *, is_all: bool) -> None:
        """The master; its workers with it, or left to notice."""
        children = psutil.Process(web.process.pid).children()
        web.send(signal.SIGKILL)
        web.ended()
        for child in children if is_all else []:
            _kill(child)
        self.kills["web server"] += 1

    def close(self) -> None:
        for one in self.running:
            if one.runs():
                for child in psutil.Process(one.process.pid).children():
                    _kill(child)
        super().close()

    # --- Catching up ------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Everybody is dead. Later (by this worker's clock), what is due by then is sent."""
        worker = self.shifted_worker(AHEAD)
        left, idle_since = -1, time.monotonic()
        while waiting := self.waiting().count():
            if waiting != left:
                left, idle_since = waiting, time.monotonic()
            assert worker.runs() and time.monotonic() - idle_since < LIMIT_SECONDS, worker.output()
            time.sleep(0.05)
        self.stop(worker)

    def stop(self, worker: Running) -> None:
        """Gently. One that was only just starting may go without its own good-bye."""
        worker.send(signal.SIGTERM)
        assert worker.ended() in {0, -signal.SIGTERM}, worker.output()

    def waiting(self) -> QuerySet[OutboxMessage]:
        return OutboxMessage.objects.filter(status="pending", due_at__lte=timezone.now() + AHEAD)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


class Killer(threading.Thread):
    """Kills now this and now that, at random points of the work, and starts it again, until told to stop.

    Counted in work, not in seconds, so that a slow machine is not killed to a standstill: `web_work` and `mail_work`
    say how much was done so far, and the next strike comes so much later as the range says.
    """

    WEB_EVERY, MAIL_EVERY = (20, 50), (15, 45)

    def __init__(self, site: KilledSite, *, seed: int, web_work: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self.site, self.web_work = site, web_work
        self.chance = random.Random(seed)
        self.is_over = threading.Event()
        self.web = site.web()
        self.workers = [site.worker() for _number in range(WORKERS)]
        self.error: BaseException | None = None

    def run(self) -> None:
        chance = self.chance
        next_web, next_mail = chance.randint(*self.WEB_EVERY), chance.randint(*self.MAIL_EVERY)
        try:
            while not self.is_over.wait(chance.uniform(0.01, 0.1)):
                if self.web_work() >= next_web:
                    self._strike_web()
                    next_web = self.web_work() + chance.randint(*self.WEB_EVERY)
                if len(self.site.sink.taken()) >= next_mail:
                    self._strike_mail()
                    next_mail = len(self.site.sink.taken()) + chance.randint(*self.MAIL_EVERY)
        except BaseException as error:
            self.error = error
            raise

    def _strike_web(self) -> None:
        if self.chance.random() < 0.7:
            self.site.kill_web_worker(self.web, self.chance)
        else:
            self.site.kill_web(self.web, is_all=self.chance.random() < 0.5)
            self.web = self.site.web()

    def _strike_mail(self) -> None:
        if self.chance.random() < 0.15:
            self.site.sink.down()
            time.sleep(self.chance.uniform(0.5, 2))
            self.site.sink.up()
        else:
            number = self.chance.randrange(WORKERS)
            self.site.kill_worker(self.workers[number])
            self.workers[number] = self.site.worker()

    def stop(self) -> None:
        """And kill what is left, so that nothing of it is finished in peace."""
        self.is_over.set()
        self.join(30)
        assert self.error is None, self.error
        self.site.kill_web(self.web, is_all=True)
        for worker in self.workers:
            self.site.kill_worker(worker)
