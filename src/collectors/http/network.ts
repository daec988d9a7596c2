import { ReadFailure } from "./failure.ts";

const certificateCodes: ReadonlySet<string> = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
]);

/** Words for the codes that Node gives to a connection that could not be made or broke. */
const words: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name does not resolve",
  EAI_AGAIN: "the host name could not be resolved now",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was closed in the middle",
  ETIMEDOUT: "the connection timed out",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  EPIPE: "the connection was closed in the middle",
  EPROTO: "the server does not speak TLS as expected",
  ERR_SSL_WRONG_VERSION_NUMBER: "the server does not speak TLS on that port",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the server does not speak TLS on that port",
  ERR_STREAM_PREMATURE_CLOSE: "the answer was cut off",
  Z_BUF_ERROR: "the answer was cut off",
  Z_DATA_ERROR: "the compressed answer is damaged",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet; is this machine's clock right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host",
};

/**
 * A connection that failed, in words; `undefined` when the error is no such thing. Certificate problems have the
 * code `CERTIFICATE`, since trying again does not mend them.
 */
export function networkProblem(error: unknown): ReadFailure | undefined {
  const codes = codesOf(error);
  const certificate = codes.find((code) => certificateCodes.has(code));
  if (certificate !== undefined)
    return new ReadFailure(
      "unreachable",
      `the server's certificate is not trusted (${certificate}); if a private authority signed it, set NODE_EXTRA_CA_CERTS to that authority's PEM file`,
      { code: "CERTIFICATE" },
    );
  const code = codes.find((candidate) => words[candidate] !== undefined);
  if (code !== undefined) {
    const permanent = code.startsWith("CERT_") || code === "ERR_TLS_CERT_ALTNAME_INVALID";
    return new ReadFailure("unreachable", `${words[code]} (${code})`, {
      code: permanent ? "CERTIFICATE" : code,
    });
  }
  // A wrong argument is a mistake of this program and must not look like a bad network.
  const other = codes.find((candidate) => !candidate.startsWith("ERR_INVALID_ARG"));
  return other === undefined
    ? undefined
    : new ReadFailure("unreachable", `the connection failed (${other})`, { code: other });
}

/** Codes of an error, its causes and the errors it gathers. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (typeof error !== "object" || error === null || depth > 5) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  return [
    ...(typeof code === "string" ? [code] : []),
    ...codesOf(cause, depth + 1),
    ...(Array.isArray(errors) ? errors.flatMap((entry) => codesOf(entry, depth + 1)) : []),
  ];
}
