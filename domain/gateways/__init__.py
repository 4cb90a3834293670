"""Payment at bank gateways: what a gateway can do, the port to it, an attempt to pay, and the machine that moves it.

Imports `values` and `bills`. The gateways themselves are in `payments/`; who drives the machine is
`domain/actions/payments/`.
"""
