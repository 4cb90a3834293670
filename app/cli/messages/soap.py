"""`pishkhan soap`: the contract with the counter offices' software."""

import typer

from app.cli.options import ConfigPath
from app.cli.output import reporting_errors
from app.configuration.settings import load_settings
from app.wiring import build_catalogue
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import ENDPOINT_PATH
from domain.services import SERVICES


def wsdl(config: ConfigPath = None) -> None:
    """Print the WSDL that the declarations give, with the address of this server."""
    with reporting_errors(as_json=False):
        settings = load_settings(config)
        contract = Contract(SERVICES, build_catalogue(settings))
    typer.echo(contract.render_wsdl(settings.public_address + ENDPOINT_PATH), nl=False)
