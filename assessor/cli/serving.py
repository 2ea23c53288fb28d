"""The web, and what whoever runs it does at a terminal."""

from typing import Annotated

import typer

from assessor.cli.terminal import AsJson, emit, out, say
from assessor.laptop import reached_at
from assessor.storage import Role

app = typer.Typer(no_args_is_help=True)
EVERYBODY = "0.0.0.0"
"""Listens to other devices too."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen; else this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="With the simulated plant to try.")] = False,
    sample: Annotated[
        str,
        typer.Option(
            help="Where it may sample: networks such as '10.20.0.0/16', or 'site' on a laptop in the plant."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Serve the web: SQLite in this installation's folder, or what DATABASE_URL names."""
    import dataclasses  # noqa: PLC0415 - the web loads when it is called for
    import gc  # noqa: PLC0415

    import uvicorn  # noqa: PLC0415

    from assessor.visit.reach import read_reach  # noqa: PLC0415
    from assessor.web.app import create_app  # noqa: PLC0415
    from assessor.web.settings import settings  # noqa: PLC0415

    held = settings()
    held = dataclasses.replace(held, demo=held.demo or demo, reach=read_reach(sample) or held.reach)
    web = create_app(held)
    config = uvicorn.Config(
        web, host=host, port=port, log_level="warning", proxy_headers=bool(held.public),
        server_header=False, access_log=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    gc.collect()
    gc.freeze()  # the library stays until the end: to look through all of it for waste halted every request
    with config.bind_socket() as socket:
        address = f"http://{host}:{socket.getsockname()[1]}"
        if host == EVERYBODY and not held.public:
            others = tuple(f"http://{ip}:{socket.getsockname()[1]}" for ip in reached_at())
            web.state.settings = dataclasses.replace(held, others=others)
            say("web.serving_others", addresses=", ".join(others) or "-")
        if as_json:
            emit({"address": address, "database": _shown(held.database)})
        else:
            out.print(address)
        say("web.serving", address=address, database=_shown(held.database))
        server.run(sockets=[socket])


def _shown(database: str) -> str:
    from sqlalchemy import make_url  # noqa: PLC0415

    return make_url(database).render_as_string(hide_password=True)


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="The factory, consultancy, office or chain; made anew.")],
    kind: Annotated[str, typer.Option(help="factory, consultancy, office or chain (who leads one).")] = "factory",
    role: Annotated[str, typer.Option(help="Of whoever comes in by the code; owner or officer by kind.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make an organisation and a code by which its first person comes in: a voucher, an office, yourself."""
    from typing import cast  # noqa: PLC0415

    from assessor.desk import houses  # noqa: PLC0415
    from assessor.desk.desk import Desk  # noqa: PLC0415
    from assessor.frameworks import load_library  # noqa: PLC0415
    from assessor.storage import Store  # noqa: PLC0415
    from assessor.web.settings import settings  # noqa: PLC0415

    held = settings()
    store = Store(held.database)
    store.upgrade()
    desk = Desk(store, load_library(), held.sender)
    id_ = houses.found(desk, houses.kind_of(kind), name)
    code = houses.issue(desk, id_, cast(Role, role or houses.FIRST[kind]))
    store.close()
    if as_json:
        emit({"organisation": id_, "code": code})
    else:
        out.print(code)
