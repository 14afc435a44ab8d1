"""What pyHanko says, after ETSI EN 319 102-1, of files that carry all that is needed, offline.

usage: pyhanko_levels.py ROOT.pem FILE...
One line per signature, tab-separated: file, field, AdES indication with archive time stamps, whether it is valid now
with the revocation data of its own store asked for, modification level, time of the oldest archive time stamp.
What goes wrong gives one line: file, "error", message.
"""
import asyncio
import logging
import sys

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

logging.disable(logging.CRITICAL)


def specification(root):
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(trust_roots=[root]),
                revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )


async def judge(path, root):
    with open(path, "rb") as file:
        for signature in PdfFileReader(file).embedded_regular_signatures:
            archived = await ades_lta_validation(signature, specification(root))
            store = DocumentSecurityStore.read_dss(signature.reader)
            context = store.as_validation_context(
                {"trust_roots": [root], "allow_fetching": False, "revocation_mode": "hard-fail"}
            )
            status = await async_validate_pdf_signature(signature, signer_validation_context=context)
            level = status.modification_level
            yield [
                path,
                signature.field_name,
                str(archived.ades_subindic),
                str(status.bottom_line).lower(),
                level.name if level is not None else "-",
                str(archived.oldest_evidence_record_timestamp),
            ]


async def main():
    with open(sys.argv[1], "rb") as file:
        root = x509.Certificate.load(pem.unarmor(file.read())[2])
    for path in sys.argv[2:]:
        try:
            lines = [line async for line in judge(path, root)]
        except Exception as error:  # whatever goes wrong in there is a verdict, too
            lines = [[path, "error", f"{type(error).__name__}: {error}".replace("\t", " ").replace("\n", " ")]]
        for line in lines:
            print("\t".join(line))


asyncio.run(main())
