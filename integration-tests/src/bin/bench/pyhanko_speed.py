"""How many times a second pyHanko signs a file, invisibly, as PAdES.

usage: pyhanko_speed.py FILE KEY.p12 PASSWORD
"""
import io
import logging
import sys
import time

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

logging.disable(logging.CRITICAL)
SECONDS = 3


def main():
    with open(sys.argv[1], "rb") as file:
        pdf = file.read()
    signer = signers.SimpleSigner.load_pkcs12(sys.argv[2], passphrase=sys.argv[3].encode())
    meta = signers.PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    began, signed = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False), meta, signer=signer)
        signed += 1
    print(signed / (time.monotonic() - began))


main()
