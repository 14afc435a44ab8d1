"""What pyHanko says of the signatures of many files, in one process.

usage: pyhanko_verdict.py ROOT.pem FILE...
One line per signature, tab-separated: file, field, intact, valid, modification level, permitted, coverage.
A file that pyHanko cannot judge gives one line: file, "error", message.
"""
import logging
import sys

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def judge(path, root):
    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict=True)
        if reader.encrypted:
            for password in ("", "test", "user", "usersecret"):
                if reader.decrypt(password).status.name != "FAILED":
                    break
        for signature in reader.embedded_signatures:
            context = ValidationContext(trust_roots=[root], allow_fetching=False)
            status = validate_pdf_signature(signature, signer_validation_context=context)
            level = status.modification_level
            yield [
                path,
                signature.field_name,
                str(status.intact).lower(),
                str(status.valid).lower(),
                level.name if level is not None else "-",
                str(status.docmdp_ok).lower(),
                status.coverage.name,
            ]


def main():
    with open(sys.argv[1], "rb") as file:
        root = x509.Certificate.load(pem.unarmor(file.read())[2])
    for path in sys.argv[2:]:
        try:
            lines = list(judge(path, root)) or [[path, "error", "no signature found"]]
        except Exception as error:  # whatever goes wrong in there is a verdict, too
            lines = [[path, "error", f"{type(error).__name__}: {error}".replace("\t", " ").replace("\n", " ")]]
        for line in lines:
            print("\t".join(line))


main()
