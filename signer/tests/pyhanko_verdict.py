"""What pyHanko says of the signatures of many files, in one process.

usage: pyhanko_verdict.py ROOT.pem SIGNED ORIGINAL [SIGNED ORIGINAL]...
One line per signature, tab-separated: file, field, intact, valid, modification level, permitted, coverage.
A file that pyHanko cannot judge gives one line: file, "error", whether the original can be opened, message.
"""
import logging
import sys

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def opened(file, strict):
    reader = PdfFileReader(file, strict=strict)
    if reader.encrypted:
        for password in ("", "test", "user", "usersecret"):
            if reader.decrypt(password).status.name != "FAILED":
                break
    return reader


def judge(path, root, strict):
    with open(path, "rb") as file:
        for signature in opened(file, strict).embedded_signatures:
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


def readable(path):
    try:
        with open(path, "rb") as file:
            reader = opened(file, strict=False)
            reader.root["/Pages"]["/Kids"]
            list(reader.embedded_signatures)
        return "readable"
    except Exception:
        return "unreadable"


def main():
    with open(sys.argv[1], "rb") as file:
        root = x509.Certificate.load(pem.unarmor(file.read())[2])
    for path, original in zip(sys.argv[2::2], sys.argv[3::2]):
        try:
            try:
                lines = list(judge(path, root, strict=True))
            except Exception:  # what is too damaged or too old for a strict reading
                lines = list(judge(path, root, strict=False))
            lines = lines or [[path, "error", readable(original), "no signature found"]]
        except Exception as error:  # whatever goes wrong in there is a verdict, too
            message = f"{type(error).__name__}: {error}".replace("\t", " ").replace("\n", " ")
            lines = [[path, "error", readable(original), message]]
        for line in lines:
            print("\t".join(line))


main()
