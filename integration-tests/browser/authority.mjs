// An issuer of certificates on the loopback that answers for them: lists, OCSP and its own certificate, made by openssl's
// tools behind a few lines of HTTP. Down until it is started; whom it has revoked, it says.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { promisify } from "node:util";

import { binary } from "./office.mjs";
import { letter } from "./paper.mjs";

const run = promisify(execFile);
const PASSWORD = "khoa-cua-noi-gui";
/** Serial numbers: whose certificate is good, whose is revoked, the one that answers. */
const SERIALS = { good: 16, revoked: 17, answers: 32 };

/** Makes root, keys and certificates in a folder; they say that `port` answers for them. */
export async function makeAuthority(folder, port) {
  const at = (name) => path.join(folder, name);
  const openssl = (...args) => run("openssl", args, { cwd: folder });
  const url = `http://127.0.0.1:${port}`;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "empty.cnf", "-utf8"];
  await writeFile(at("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n");
  await writeFile(at("password"), PASSWORD);
  await openssl("req", "-x509", ...key, "-keyout", "root.key", "-out", "root.pem", "-days", "3650", "-set_serial", "1",
    "-subj", "/O=Cơ yếu tỉnh (thử)/CN=CA nơi gửi", "-addext", "basicConstraints=critical,CA:TRUE",
    "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-addext", "subjectKeyIdentifier=hash");
  const issue = async (name, subject, serial, extensions) => {
    await writeFile(at(`${name}.ext`), `${extensions}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n`);
    await openssl("req", "-new", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
    await openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", String(serial),
      "-days", "1000", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
  };
  const signs = `keyUsage=critical,nonRepudiation\ncrlDistributionPoints=URI:${url}/root.crl\nauthorityInfoAccess=OCSP;URI:${url}/ocsp`;
  await issue("good", "/O=Sở Tài chính tỉnh Minh Giang/CN=Lê Thị Thu (thử)", SERIALS.good, signs);
  await issue("revoked", "/O=Sở Xây dựng tỉnh Minh Giang/CN=Trần Văn Khoá (thử)", SERIALS.revoked, signs);
  await issue("answers", "/O=Cơ yếu tỉnh (thử)/CN=OCSP nơi gửi", SERIALS.answers, "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=yes");
  for (const name of ["good", "revoked"]) {
    await openssl("pkcs12", "-export", "-in", `${name}.pem`, "-inkey", `${name}.key`, "-certfile", "root.pem", "-out", `${name}.p12`, "-passout", "file:password");
  }
  const line = (serial, since) => `${since ? "R" : "V"}\t400101000000Z\t${since}\t${serial.toString(16).toUpperCase()}\tunknown\t/CN=${serial}\n`;
  await writeFile(at("index"), line(SERIALS.good, "") + line(SERIALS.revoked, "250101000000Z") + line(SERIALS.answers, ""));
  await writeFile(at("index.attr"), "unique_subject=no\n");
  await writeFile(at("number"), "01");
  await writeFile(at("ca.cnf"), "[ca]\ndefault_ca=x\n[x]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\n");
  await openssl("ca", "-gencrl", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-crldays", "7", "-out", "crl.pem");
  await openssl("crl", "-in", "crl.pem", "-outform", "DER", "-out", "root.crl");

  /** A letter of one page, signed with the key of `who`. */
  let count = 0;
  const signed = async (who, lines) => {
    count += 1;
    const [draft, made] = [at(`${count}-draft.pdf`), at(`${count}.pdf`)];
    await writeFile(draft, letter(lines));
    await run(await binary(), ["sign", draft, made, "--key", at(`${who}.p12`), "--password-file", at("password")]);
    return readFile(made);
  };
  return { root: at("root.pem"), signed, serve: () => serve(folder, port) };
}

async function serve(folder, port) {
  let turn = Promise.resolve();
  const asked = [];
  const answer = async (query) => {
    const [from, to] = [path.join(folder, "question"), path.join(folder, "answer")];
    await writeFile(from, query);
    await run("openssl", ["ocsp", "-index", "index", "-CA", "root.pem", "-rsigner", "answers.pem", "-rkey", "answers.key", "-ndays", "1", "-reqin", from, "-respout", to], { cwd: folder });
    return readFile(to);
  };
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    asked.push(request.url);
    // One at a time: they share their files.
    turn = turn.then(() => (request.url === "/ocsp" ? answer(Buffer.concat(pieces)) : readFile(path.join(folder, "root.crl"))));
    try {
      response.writeHead(200).end(await turn);
    } catch {
      turn = Promise.resolve();
      response.writeHead(500).end();
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { asked, stop: async () => { server.closeAllConnections(); server.close(); await once(server, "close"); } };
}
