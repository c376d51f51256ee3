"""Resource limits that every level of isolation sets."""

import os
import resource


def apply(policy, count_threads):
    """Sets hard limits; they can only be lowered afterwards.

    Args:
        policy: A `Policy`.
        count_threads: Whether this user's threads are this submission's alone.
    """
    limits = {
        resource.RLIMIT_AS: policy.memory,
        resource.RLIMIT_CPU: policy.cpu_seconds,
        resource.RLIMIT_NOFILE: policy.open_files,
        resource.RLIMIT_FSIZE: policy.file_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    if count_threads:
        limits[resource.RLIMIT_NPROC] = policy.threads
    for kind, value in limits.items():
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))
    os.nice(5)
