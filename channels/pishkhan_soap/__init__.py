"""Government-counter (pishkhan) offices over SOAP: `POST /soap/pishkhan`, the contract at `?wsdl`.

The way of a call: `http.py` reads bytes within limits, `envelope.py` finds the one element of the body,
`normalising.py` folds what toolkits write otherwise, `validation.py` proves it by the published XSD and `explaining.py`
says what is wrong with it, `username_token.py` and `calls.py` prove who calls and do the work once,
`faults.py` builds the faults. What may be asked is declared: `contract.py` puts together operations of the services
(`declared.py`) and the fixed ones (`asking.py`, `following.py`, `money.py`), and `wsdl.py` writes them down.
"""
