"""Database URLs that name several hosts, as libpq has them: a primary and its standbys, whichever is primary now.

`postgresql://user@first:5432,second:5433/name` and `postgresql://user@/name?host=first:5432&host=second:5433` mean the
same. SQLAlchemy reads the second form alone.
"""

import re
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

PORT = "5432"

_SEVERAL = re.compile(
    r"(?P<head>postgresql://(?:[^/@]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<path>/[^?]*)?(?:\?(?P<query>.*))?"
)


def read_address(url: str) -> URL:
    """Return the parts of a database URL; `ValueError` says in a line what is wrong with it, and tells no password."""
    try:
        parsed = make_url(hosts_apart(url))
    except ArgumentError:
        raise ValueError("the database URL cannot be read: sqlite:///path or postgresql://…") from None
    except ValueError:
        raise ValueError("the port of the database URL is no number") from None
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise ValueError(f"the database URL names port {parsed.port}: ports go from 1 to 65535")
    if "@" in (parsed.host or ""):
        raise ValueError(
            "the database URL has an @ too many: in a password it is written %40, a slash %2F, a colon %3A"
        )
    return parsed


def hosts_apart(url: str) -> str:
    """Return a URL with its list of hosts in the query; any other URL as it is."""
    found = _SEVERAL.fullmatch(url)
    if found is None:
        return url
    named = [":".join(_apart(host)) for host in found["hosts"].split(",")]
    query = [*(f"host={quote(host, safe=':')}" for host in named), *([found["query"]] if found["query"] else [])]
    return f"{found['head']}{found['path'] or '/'}?{'&'.join(query)}"


def each_host(url: URL) -> tuple[str, ...]:
    """Return the address of each host by itself, in the order of the URL."""
    plain = url.set(drivername="postgresql")
    hosts = url.query.get("host", ())
    if isinstance(hosts, str) or len(hosts) < 2:
        return (plain.render_as_string(hide_password=False),)
    apart = plain.difference_update_query(["host"])
    return tuple(_at(apart, host).render_as_string(hide_password=False) for host in hosts)


def for_libpq(url: URL) -> URL:
    """Return a URL as PostgreSQL's own programs take it."""
    hosts = url.query.get("host", ())
    if isinstance(hosts, str) or len(hosts) < 2:
        return url
    names, ports = zip(*map(_apart, hosts), strict=True)
    return url.update_query_dict({"host": ",".join(names), "port": ",".join(ports)})


def _at(url: URL, host: str) -> URL:
    name, port = _apart(host)
    return url.set(host=name, port=int(port))


def _apart(host: str) -> tuple[str, str]:
    name, _, port = host.rpartition(":")
    return (name, port) if name else (port, PORT)
