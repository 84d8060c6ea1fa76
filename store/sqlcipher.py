"""SQLCipher as a DB-API module, of the extra `cipher`; ImportError where that is not installed.

Its exceptions are classes of their own, and those who catch sqlite3's (we, LangGraph's saver) mean
them as well: each is made a kind of its namesake. Here, as a module is run once, whoever is first.
"""

import sqlite3

from sqlcipher3.dbapi2 import DatabaseError, Error, Row, connect

__all__ = ["Row", "connect"]

for one in (*Error.__subclasses__(), *DatabaseError.__subclasses__()):
    one.__bases__ = (*one.__bases__, getattr(sqlite3, one.__name__))
