// A time-stamp service on the loopback: `openssl ts` behind a few lines of HTTP. Down until it is started.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes the service's keys in a folder; answers the path of its root. */
export async function makeStamps(folder) {
  const at = (name) => path.join(folder, name);
  const openssl = (...args) => run("openssl", args, { cwd: folder });
  await writeFile(at("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n");
  await writeFile(at("tsa.ext"), "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n");
  await writeFile(at("tsa.cnf"), "[tsa]\ndefault_tsa=one\n[one]\nserial=tsa.serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\ness_cert_id_alg=sha256\n");
  await writeFile(at("tsa.serial"), "01");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "empty.cnf"];
  await openssl("req", "-x509", ...key, "-keyout", "stamp-root.key", "-out", "stamp-root.pem", "-days", "3650", "-subj", "/CN=CA dau thoi gian",
    "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign");
  await openssl("req", "-new", ...key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Dau thoi gian");
  await openssl("x509", "-req", "-in", "tsa.csr", "-CA", "stamp-root.pem", "-CAkey", "stamp-root.key", "-set_serial", "2", "-days", "1000", "-extfile", "tsa.ext", "-out", "tsa.pem");
  return at("stamp-root.pem");
}

/** Serves time stamps on a port; answers how to stop. */
export async function serveStamps(folder, port) {
  let turn = Promise.resolve();
  let count = 0;
  const stamp = async (query) => {
    const [asked, answered] = [path.join(folder, "query"), path.join(folder, "reply")];
    await writeFile(asked, query);
    await run("openssl", ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", asked, "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", answered], { cwd: folder });
    count += 1;
    return readFile(answered);
  };
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    // One at a time: openssl counts serial numbers in a file.
    turn = turn.then(() => stamp(Buffer.concat(pieces)));
    try {
      response.writeHead(200, { "content-type": "application/timestamp-reply" }).end(await turn);
    } catch {
      turn = Promise.resolve();
      response.writeHead(500).end();
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { given: () => count, stop: async () => { server.closeAllConnections(); server.close(); await once(server, "close"); } };
}
