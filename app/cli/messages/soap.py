"""`pishkhan soap`: the contract with the counter offices' software."""

import typer

from app.cli.options import Config
from app.cli.output import told
from app.configuration.settings import load
from app.wiring import build_catalogue
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import PATH
from domain.services import SERVICES


def wsdl(config: Config = None) -> None:
    """Print the WSDL that the declarations give, with the address of this server."""
    with told(as_json=False):
        settings = load(config)
        contract = Contract(SERVICES, build_catalogue(settings))
    typer.echo(contract.wsdl(settings.address + PATH), nl=False)
