import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Certificates {
  /** PEM file of the certificate authority, for those who connect. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const committed = fileURLToPath(new URL("../../../servers/certs/", import.meta.url));

/**
 * A certificate for localhost in `folder`: signed by an authority that openssl makes for this run alone, or, where
 * openssl is not there, the committed ones of the in-process servers.
 */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const made = { authority: at("ca.pem"), certificate: at("server.pem"), key: at("server.key") };
  if (spawnSync("openssl", ["version"]).status !== 0) {
    for (const name of ["ca.pem", "server.pem", "server.key"]) copyFileSync(join(committed, name), at(name));
    return made;
  }
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const newKey = ["-newkey", "rsa:2048", "-nodes"];
  openssl(
    ...["req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=chalk-audit live tests"],
    ...["-addext", "keyUsage=critical,keyCertSign", "-keyout", "ca.key", "-out", "ca.pem"],
  );
  writeFileSync(
    at("leaf.cnf"),
    "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n" +
      "keyUsage=critical,digitalSignature,keyEncipherment\n",
  );
  openssl("req", ...newKey, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr");
  openssl(
    ...["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
    ...["-days", "2", "-extfile", "leaf.cnf", "-out", "server.pem"],
  );
  return made;
}
