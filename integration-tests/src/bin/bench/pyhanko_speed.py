"""How many times a second pyHanko signs a file, invisibly, as PAdES, and judges it: best processor time of one call.

usage: pyhanko_speed.py KEY.p12 PASSWORD FILE SIGNED [FILE SIGNED]...
One JSON line a pair: {"sign": per second, "validate": per second}.
"""
import io
import json
import logging
import sys
import time

from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)
SECONDS, CALLS_MIN = 1.5, 3


def best(call):
    began, times = time.thread_time(), []
    while len(times) < CALLS_MIN or time.thread_time() - began < SECONDS:
        before = time.thread_time()
        call()
        times.append(time.thread_time() - before)
    return 1 / min(times)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    signer = signers.SimpleSigner.load_pkcs12(sys.argv[1], passphrase=sys.argv[2].encode())
    above = pkcs12.load_pkcs12(read(sys.argv[1]), sys.argv[2].encode()).additional_certs
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    roots = [x509.Certificate.load(one.certificate.public_bytes(Encoding.DER)) for one in above]
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    for path, signed_path in zip(sys.argv[3::2], sys.argv[4::2]):
        pdf, signed = read(path), read(signed_path)

        def sign():
            signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False), meta, signer=signer)

        def validate():
            reader = PdfFileReader(io.BytesIO(signed))
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            status = validate_pdf_signature(reader.embedded_signatures[0], signer_validation_context=context)
            assert status.bottom_line, status.pretty_print_details()

        print(json.dumps({"sign": best(sign), "validate": best(validate)}), flush=True)


main()
