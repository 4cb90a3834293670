"""The settings of Behpardakht Mellat, apart from the gateway itself: they are read at every start."""

from pydantic import Field, SecretStr
from yarl import URL

from domain.gateways.gateway import PaymentGateway
from payments.gateway_settings import NOT_SET, BankAddress, BankSettings

BANK_ADDRESS = "https://bpm.shaparak.ir/pgwchannel"


class BehpardakhtSettings(BankSettings):
    """The section of Behpardakht Mellat."""

    wsdl_url: BankAddress = Field(
        f"{BANK_ADDRESS}/services/pgw?wsdl", description="Where the bank's SOAP service answers, as the bank names it."
    )
    start_url: BankAddress = Field(
        f"{BANK_ADDRESS}/startpay.mellat", description="The bank's page, to which payers are sent."
    )
    terminal_id: str = Field(
        "", pattern="^[0-9]{0,18}$", description="Number of the internet terminal, as the bank gave it."
    )
    username: str = Field("", description="User name of the terminal.")
    password: SecretStr = Field(NOT_SET, description="Password of the terminal.")

    def build_gateway(self, public_address: str) -> PaymentGateway:
        """Return the gateway; zeep is imported here, where the gateway is in use, and nowhere else."""
        from payments.behpardakht.gateway import BehpardakhtGateway, BehpardakhtTerminal  # noqa: PLC0415 - zeep takes 0.4 s
        from payments.behpardakht.soap_client import SoapClient  # noqa: PLC0415

        address = str(URL(self.wsdl_url).with_query(None))
        client = SoapClient(address, connect_timeout=self.connect_timeout, timeout=self.timeout)
        terminal = BehpardakhtTerminal(int(self.terminal_id or 0), self.username, self.password)
        return BehpardakhtGateway(client, terminal, self.start_url, fixed_callback=self.fixed_callback)
