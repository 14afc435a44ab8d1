"""A PKI of certomancer on the loopback: time stamps, OCSP, CRLs and issuers' certificates, right ones and broken ones.

usage: serve.py FOLDER
Makes keys and certificates in FOLDER (root.pem, and NAME.p12 with the password "x" for every signer), then prints one
line, the address of its services, and serves until its standard input ends. What the file FOLDER/mode holds decides how
OCSP and CRLs answer: nothing or "good"; "down" 503; "garbage" a page of HTML; "stale" as a year ago; "stranger" as the
responder and the list of another CA would.
"""
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

from certomancer.integrations.animator import FAKE_TIME_HEADER, Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

FOLDER = Path(sys.argv[1])
ARCH = "office"
SIGNERS = ["an", "list-only", "revoked", "strayed"]
KEYS = ["root", "ca", "tsa", "broad-tsa", "ocsp", "stranger", *SIGNERS]

CONFIG = """
external-url-prefix: "http://127.0.0.1:{port}"
keysets:
  office:
    path-prefix: .
    keys:
{keys}
pki-architectures:
  office:
    keyset: office
    entity-defaults: {{country-name: VN, organization-name: UBND tinh}}
    entities:
{entities}
    certs:
      root:
        subject: root
        subject-key: root
        issuer: root
        authority-key: root
        validity: &validity {{valid-from: "{start}", valid-to: "{end}"}}
        extensions: &authority
          - {{id: basic_constraints, critical: true, value: {{ca: true}}}}
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [key_cert_sign, crl_sign]}}}}
      stranger:
        subject: stranger
        subject-key: stranger
        issuer: stranger
        authority-key: stranger
        validity: *validity
        extensions: *authority
      ca:
        subject: ca
        subject-key: ca
        issuer: root
        authority-key: root
        validity: *validity
        extensions:
          - {{id: basic_constraints, critical: true, value: {{ca: true, path_len_constraint: 0}}}}
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [key_cert_sign, crl_sign]}}}}
          - {{id: crl_distribution_points, smart-value: {{schema: crl-dist-url, params: {{crl-repo-names: [root]}}}}}}
      ocsp:
        subject: ocsp
        subject-key: ocsp
        issuer: ca
        authority-key: ca
        validity: *validity
        extensions:
          - {{id: extended_key_usage, critical: true, value: [ocsp_signing]}}
          - {{id: ocsp_no_check}}
      tsa:
        subject: tsa
        subject-key: tsa
        issuer: ca
        authority-key: ca
        validity: *validity
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [digital_signature]}}}}
          - {{id: extended_key_usage, critical: true, value: [time_stamping]}}
          - &points
            id: crl_distribution_points
            smart-value: {{schema: crl-dist-url, params: {{crl-repo-names: [ca]}}}}
      broad-tsa:
        subject: broad-tsa
        subject-key: broad-tsa
        issuer: ca
        authority-key: ca
        validity: *validity
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [digital_signature]}}}}
          - {{id: extended_key_usage, critical: true, value: [time_stamping, client_auth]}}
          - *points
      an: &signer
        subject: an
        subject-key: an
        issuer: ca
        authority-key: ca
        validity: *validity
        extensions: &signs
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [non_repudiation]}}}}
          - *points
          - id: authority_information_access
            smart-value: {{schema: aia-urls, params: {{ocsp-responder-names: [ca]}}}}
      list-only:
        <<: *signer
        subject: list-only
        subject-key: list-only
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [non_repudiation]}}}}
          - *points
      revoked:
        <<: *signer
        subject: revoked
        subject-key: revoked
        revocation: {{revoked-since: "{revoked}", reason: key_compromise}}
      strayed:
        <<: *signer
        subject: strayed
        subject-key: strayed
        issuer: stranger
        authority-key: stranger
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [non_repudiation]}}}}
    services:
      ocsp:
        ca: {{for-issuer: ca, responder-cert: ocsp, signing-key: ocsp}}
        stranger: {{for-issuer: stranger, responder-cert: stranger, signing-key: stranger}}
      crl-repo:
        root: {{for-issuer: root, signing-key: root, simulated-update-schedule: P30D}}
        ca: {{for-issuer: ca, signing-key: ca, simulated-update-schedule: P30D}}
        stranger: {{for-issuer: stranger, signing-key: stranger, simulated-update-schedule: P30D}}
      time-stamping:
        tsa: {{signing-key: tsa, signing-cert: tsa, certs-to-embed: [ca]}}
        broad-tsa: {{signing-key: broad-tsa, signing-cert: broad-tsa}}
"""


class Services:
    """The animator behind what the mode makes of it."""

    def __init__(self):
        self.animator = None

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        mode = FOLDER / "mode"
        mode = mode.read_text().strip() if mode.exists() else "good"
        if "/ocsp/" in path or "/crls/" in path:
            if mode == "down":
                return Response("busy", status=503)(environ, start_response)
            if mode == "garbage":
                return Response("<html>busy</html>")(environ, start_response)
            if mode == "stale":
                then = datetime.now(timezone.utc) - timedelta(days=365)
                environ["HTTP_" + FAKE_TIME_HEADER.upper().replace("-", "_")] = then.isoformat()
            if mode == "stranger":
                environ["PATH_INFO"] = path.replace("/ca", "/stranger").replace("/root", "/stranger")
        return self.animator(environ, start_response)


def main():
    services = Services()
    server = make_server("127.0.0.1", 0, services, threaded=True)
    for name in KEYS:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (FOLDER / f"{name}.key.pem").write_bytes(pem)
    now = datetime.now(timezone.utc).replace(microsecond=0)
    config = CONFIG.format(
        port=server.port,
        keys="\n".join(f"      {name}: {{path: {name}.key.pem}}" for name in KEYS),
        entities="\n".join(f"      {name}: {{common-name: {name}}}" for name in KEYS),
        start=(now - timedelta(days=800)).isoformat(),
        end=(now + timedelta(days=800)).isoformat(),
        revoked=(now - timedelta(days=10)).isoformat(),
    )
    (FOLDER / "config.yml").write_text(config)
    made = CertomancerConfig.from_file(
        str(FOLDER / "config.yml"), key_search_dir=str(FOLDER), config_search_dir=str(FOLDER)
    )
    services.animator = Animator(AnimatorArchStore(made.pki_archs), with_web_ui=False)
    office = made.get_pki_arch(ArchLabel(ARCH))
    root = office.get_cert(CertLabel("root"))
    from asn1crypto import pem

    (FOLDER / "root.pem").write_bytes(pem.armor("CERTIFICATE", root.dump()))
    for name in SIGNERS:
        (FOLDER / f"{name}.p12").write_bytes(office.package_pkcs12(CertLabel(name), password=b"x"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.port}/{ARCH}", flush=True)
    sys.stdin.read()


main()
