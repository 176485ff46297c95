"""Where workers come from: Dask's executor, of processes on this machine or of a cluster."""

import logging
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager

_CONNECT_SECONDS = 20
_NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
_MOST = 1024  # processes; a larger number was meant for something else


@contextmanager
def engine(workers: str) -> Iterator[Executor]:
    """Dask's executor: of a cluster of processes on this machine, or of one that runs elsewhere.

    Whoever may talk to a scheduler runs code as its owner. Those started here ask for a certificate that is
    made for the occasion and known to nobody else, and no page about them is served.

    Parameters
    ----------
    workers
        A number of processes to start here, with one thread each, or a scheduler's address, such as
        ``tls://host:8786``.

    Raises
    ------
    ValueError
        If it is neither, or Dask is not installed.
    OSError
        If no scheduler answers at the address.
    """
    count = int(workers) if workers.isdecimal() else 0
    if count > _MOST:
        message = f"workers must be at most {_MOST:,} processes; got {workers}"
        raise ValueError(message)
    if not count and ":" not in workers:
        message = (
            f"workers is a number of processes, such as 4, or the address of a Dask scheduler, such as "
            f"tls://host:8786; got {workers!r}"
        )
        raise ValueError(message)
    try:
        import dask
        from distributed import Client, LocalCluster, Security

        security = Security.temporary() if count else None
    except ImportError as error:
        message = (
            "workers need the packages distributed and cryptography; "
            "in a checkout of this package: pip install -e '.[cluster]'"
        )
        raise ValueError(message) from error
    with ExitStack() as stack:
        cluster = None
        if count:
            scratch = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="pdenet-", ignore_cleanup_errors=True)
            )
            stack.enter_context(dask.config.set(_NO_PAGES))
            cluster = LocalCluster(
                n_workers=count,
                security=security,
                threads_per_worker=1,
                processes=True,
                memory_limit=None,  # Dask would kill a worker at its share of the memory; a run has to end
                dashboard_address="127.0.0.1:0",  # any free port; None would still take 8787
                local_directory=scratch,
                silence_logs=logging.CRITICAL,  # the runner says what failed; the rest are cut-off heartbeats
            )
            stack.enter_context(cluster)
        try:
            client = stack.enter_context(Client(cluster or workers, timeout=_CONNECT_SECONDS))
        except TimeoutError as error:
            message = f"no Dask scheduler answers at {workers} within {_CONNECT_SECONDS} s"
            raise OSError(message) from error
        yield client.get_executor()
