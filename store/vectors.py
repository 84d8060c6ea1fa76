"""Vectors in SQLite: float32 BLOBs, compared by the SQL function `vec_distance_cosine`.

The function is sqlite-vec's where the extension loads; many Python builds cannot load any, and get
one of the same name and the same results from numpy.
"""

import sqlite3
from collections.abc import Sequence

import numpy as np

FLOAT32 = np.dtype("<f4")


def pack(vector: Sequence[float]) -> bytes:
    """A vector as the tables hold it."""
    return np.asarray(vector, FLOAT32).tobytes()


def register(connection: sqlite3.Connection) -> str:
    """Make `vec_distance_cosine` known to a connection; "sqlite-vec" or "numpy", whichever it is.

    Both raise OperationalError for vectors of different or no length, and give NULL for zeros.
    """
    if load_extension(connection):
        return "sqlite-vec"
    register_numpy(connection)
    return "numpy"


def load_extension(connection: sqlite3.Connection) -> bool:
    """Whether this Python and this machine could load sqlite-vec."""
    if not hasattr(connection, "enable_load_extension"):
        return False
    import sqlite_vec

    try:
        connection.enable_load_extension(True)
        sqlite_vec.load(connection)
    except sqlite3.OperationalError:  # no library for this machine
        return False
    finally:
        connection.enable_load_extension(False)
    return True


def register_numpy(connection: sqlite3.Connection) -> None:
    """The same function, in numpy."""
    connection.create_function("vec_distance_cosine", 2, _distance, deterministic=True)


def _distance(one: bytes, other: bytes) -> float | None:
    left, right = np.frombuffer(one, FLOAT32), np.frombuffer(other, FLOAT32)
    if not len(left) or len(left) != len(right):
        raise ValueError("vectors of different or no length")
    lengths = float(np.linalg.norm(left)) * float(np.linalg.norm(right))
    return 1 - float(np.dot(left, right)) / lengths if lengths else None
