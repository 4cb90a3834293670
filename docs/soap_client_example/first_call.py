"""python first_call.py (pip install zeep): is the line up, submit a request, see it, and meet a fault."""

import os
import secrets
from datetime import date, timedelta
from typing import Any

from zeep import Client
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken

ADDRESS = os.environ.get("PISHKHAN_SOAP", "http://127.0.0.1:8080/soap/pishkhan")
TNS = "{urn:pishkhan:counter:1}"
CITIZEN = {"fullName": "آنه محمدی", "nationalCode": "0499370899", "mobile": "09121234567"}

client = Client(f"{ADDRESS}?wsdl", wsse=UsernameToken("office-1001", "demo-counter-key-1001", use_digest=True))
service = client.create_service(f"{TNS}CounterSoap11", ADDRESS)


def call(operation: str, call_id: str | None = None, **values: object) -> Any:
    """Repeat a call that got no answer with the same values and the same id: it acts once."""
    head = {
        "officeCode": "1001",
        "clerkNationalCode": "0499370899",
        "clientRequestId": call_id or secrets.token_hex(16),
    }
    return service[operation](**head, **values)


print("office:", call("Ping").office)

submitted = call(
    "SubmitMachineryRequest",
    citizen=CITIZEN,
    items={"item": [{"machine": "loader", "hours": 4}]},
    date=date.today() + timedelta(days=3),
    start="08:00",
    place="خیابان امام جنب پارک",
)
print("tracking code:", submitted.trackingCode)

request = call("GetRequest", trackingCode=submitted.trackingCode)
print(f"phase: {request.phase}, steps: {len(request.history.event)}")

try:
    call("GetRequest", trackingCode="123456789")
except Fault as fault:
    why = client.get_element(f"{TNS}CounterFault").parse(fault.detail[0], client.wsdl.types)
    print("fault:", why.code, why.field)
