"""Database URLs that name several hosts, as libpq has them: a primary and its standbys, whichever is primary now.

`postgresql://user@first:5432,second:5433/name` and `postgresql://user@/name?host=first:5432&host=second:5433` mean the
same. SQLAlchemy reads the second form alone.
"""

import re
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_PORT = "5432"

_SEVERAL_HOSTS = re.compile(
    r"(?P<head>postgresql://(?:[^/@]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<path>/[^?]*)?(?:\?(?P<query>.*))?"
)


def read_database_url(database_url: str) -> URL:
    """Return the parts of a database URL; `ValueError` says in a line what is wrong with it, without any password."""
    try:
        address = make_url(move_hosts_to_query(database_url))
    except ArgumentError:
        raise ValueError("the database URL cannot be read: sqlite:///path or postgresql://…") from None
    except ValueError:
        raise ValueError("the port of the database URL is no number") from None
    if address.port is not None and not 0 < address.port < 65536:
        raise ValueError(f"the database URL names port {address.port}: ports go from 1 to 65535")
    if "@" in (address.host or ""):
        raise ValueError(
            "the database URL has an @ too many: in a password it is written %40, a slash %2F, a colon %3A"
        )
    return address


def move_hosts_to_query(database_url: str) -> str:
    """Return a URL with its list of hosts in the query; any other URL as it is."""
    match = _SEVERAL_HOSTS.fullmatch(database_url)
    if match is None:
        return database_url
    host_texts = [":".join(_split_host(host)) for host in match["hosts"].split(",")]
    query_parts = [
        *(f"host={quote(host, safe=':')}" for host in host_texts),
        *([match["query"]] if match["query"] else []),
    ]
    return f"{match['head']}{match['path'] or '/'}?{'&'.join(query_parts)}"


def split_hosts(database_url: URL) -> tuple[str, ...]:
    """Return the address of each host by itself, in the order of the URL."""
    plain_url = database_url.set(drivername="postgresql")
    hosts = database_url.query.get("host", ())
    if isinstance(hosts, str) or len(hosts) < 2:
        return (plain_url.render_as_string(hide_password=False),)
    hostless_url = plain_url.difference_update_query(["host"])
    return tuple(_with_host(hostless_url, host).render_as_string(hide_password=False) for host in hosts)


def take_password(database_url: URL) -> tuple[URL, str]:
    """Return a URL without its password, and the password, wherever it stands; empty where there is none."""
    in_query = database_url.query.get("password", "")
    password = database_url.password or (in_query if isinstance(in_query, str) else in_query[-1])
    # `URL.set(password=None)` would leave the password as it is.
    return database_url._replace(password=None).difference_update_query(["password"]), password


def to_libpq_url(database_url: URL) -> URL:
    """Return a URL as PostgreSQL's own programs take it."""
    hosts = database_url.query.get("host", ())
    if isinstance(hosts, str) or len(hosts) < 2:
        return database_url
    host_names, ports = zip(*map(_split_host, hosts), strict=True)
    return database_url.update_query_dict({"host": ",".join(host_names), "port": ",".join(ports)})


def _with_host(database_url: URL, host: str) -> URL:
    host_name, port = _split_host(host)
    return database_url.set(host=host_name, port=int(port))


def _split_host(host: str) -> tuple[str, str]:
    host_name, _, port = host.rpartition(":")
    return (host_name, port) if host_name else (port, DEFAULT_PORT)
