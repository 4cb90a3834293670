"""Papers as HTML and PDF: the port `Printer`.

`pages.py` puts a `Printout` of the domain on the municipality's letterhead, as one HTML document with everything inside
it. `worker.py` makes a PDF of it in a process of its own, which `printer.py` starts when the first one is asked for.
"""
