"""Signs every PDF of a folder with pyHanko in many honest ways; prints the time, then what it made, one file a line.

usage: validate_interop.py INPUT_FOLDER OUTPUT_FOLDER
"""
import datetime
import io
import logging
import os
import sys

from asn1crypto import crl as asn1_crl, keys as asn1_keys, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

logging.disable(logging.CRITICAL)
NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def make(common, issuer=None, stamping=False):
    # pyHanko's own stamper signs with RSA only.
    key = rsa.generate_private_key(65537, 2048) if stamping else ec.generate_private_key(ec.SECP256R1())
    subject = name(common)
    issuer_name, issuer_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + 100 * DAY)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(issuer is not None, issuer is not None, False, False, False, issuer is None, issuer is None, False, False),
            critical=True,
        )
    )
    if stamping:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256()), key


def to_asn1(pair):
    certificate, key = pair
    der = certificate.public_bytes(serialization.Encoding.DER)
    key_der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return asn1_x509.Certificate.load(der), asn1_keys.PrivateKeyInfo.load(key_der)


root = make("Root")
leaf = make("Signer", root)
stamper_pair = make("Stamper", root, stamping=True)
crl = (
    x509.CertificateRevocationListBuilder()
    .issuer_name(root[0].subject)
    .last_update(NOW - DAY)
    .next_update(NOW + 30 * DAY)
    .add_extension(x509.CRLNumber(1), critical=False)
    .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root[1].public_key()), critical=False)
    .sign(root[1], hashes.SHA256())
)
crl = asn1_crl.CertificateList.load(crl.public_bytes(serialization.Encoding.DER))
root_cert = to_asn1(root)[0]
leaf_cert, leaf_key = to_asn1(leaf)
stamp_cert, stamp_key = to_asn1(stamper_pair)
store = SimpleCertificateStore()
store.register_multiple([root_cert])
signer = signers.SimpleSigner(signing_cert=leaf_cert, signing_key=leaf_key, cert_registry=store)
stamper = timestamps.DummyTimeStamper(tsa_cert=stamp_cert, tsa_key=stamp_key, certs_to_embed=store)


def context():
    return ValidationContext(trust_roots=[root_cert], crls=[crl], allow_fetching=False, other_certs=[stamp_cert, leaf_cert])


def sign(data, spec=None, lock=None, **meta):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    meta.setdefault("field_name", "VT1")
    meta.setdefault("subfilter", fields.SigSeedSubFilter.PADES)
    timestamper = meta.pop("timestamper", None)
    pdf_signer = signers.PdfSigner(signers.PdfSignatureMetadata(**meta), signer=signer, timestamper=timestamper, new_field_spec=spec)
    return pdf_signer.sign_pdf(writer).getvalue()


def with_field(data, field):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    fields.append_signature_field(writer, field)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def prepared(data):
    """A second field, locking everything, prepared before the first signature."""
    rule = fields.FieldMDPSpec(fields.FieldMDPAction.ALL)
    locked = fields.SigFieldSpec("VT2", field_mdp_spec=rule, doc_mdp_update_value=fields.MDPPerm.FILL_FORMS)
    return with_field(with_field(data, fields.SigFieldSpec("VT1")), locked)


def kept():
    return dict(embed_validation_info=True, validation_context=context(), timestamper=stamper)


def lta(data):
    return sign(data, use_pades_lta=True, **kept())


def lta_twice(data):
    updater = signers.PdfTimeStamper(stamper)
    reader = PdfFileReader(io.BytesIO(lta(data)))
    return updater.update_archival_timestamp_chain(reader, context(), in_place=False).getvalue()


VISIBLE = fields.SigFieldSpec("VT2", box=(50, 50, 150, 90))
CERTIFIED = dict(certify=True, docmdp_permissions=fields.MDPPerm.FILL_FORMS)
FROZEN = dict(certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)
WAYS = {
    "one": sign,
    "two": lambda data: sign(sign(data), spec=VISIBLE, field_name="VT2"),
    "old": lambda data: sign(data, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
    "certified": lambda data: sign(data, **CERTIFIED),
    "countersigned": lambda data: sign(sign(with_field(data, VISIBLE), **CERTIFIED), field_name="VT2"),
    "locked": lambda data: sign(sign(prepared(data)), field_name="VT2"),
    "lt": lambda data: sign(data, **kept()),
    "lta": lta,
    "lta_frozen": lambda data: sign(data, use_pades_lta=True, **FROZEN, **kept()),
    "lta_locked": lambda data: sign(sign(prepared(data)), field_name="VT2", use_pades_lta=True, **kept()),
    "lta_twice": lta_twice,
}

source, target = sys.argv[1:3]
print(int(NOW.timestamp()) + 600)
with open(os.path.join(target, "root.pem"), "wb") as file:
    file.write(root[0].public_bytes(serialization.Encoding.PEM))
# Every second file: enough to find what is wrong, in half the time.
for entry in sorted(os.listdir(source))[::2]:
    if not entry.endswith(".pdf"):
        continue
    with open(os.path.join(source, entry), "rb") as file:
        data = file.read()
    for way, act in WAYS.items():
        try:
            made = act(data)
        except Exception as error:  # pyHanko refuses many files; those are no measure here.
            print(f"skipped {entry} {way}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
            continue
        path = os.path.join(target, f"{entry[:-4]}--{way}.pdf")
        with open(path, "wb") as file:
            file.write(made)
        print(path)
