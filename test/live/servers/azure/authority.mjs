// The token authority of the live tests: the npm package oauth2-mock-server behind TLS, made to speak as Microsoft
// Entra ID does where the SDKs listen: endpoint paths under the tenant, claims, and refusals in its own words.
//
// usage: CLIENTS='{"<client id>": {"objectId": "…", "secret": "…"}}' node authority.mjs KEY CERT TENANT
// Prints one line of JSON, {"port": N, "keys": […]}, when it listens; ends when its standard input closes.
import { randomUUID } from "node:crypto";
import { OAuth2Server } from "oauth2-mock-server";

const [key, certificate, tenant] = process.argv.slice(2);
const clients = JSON.parse(process.env.CLIENTS ?? "{}");

const server = new OAuth2Server(key, certificate, {
  endpoints: {
    wellKnownDocument: `/${tenant}/v2.0/.well-known/openid-configuration`,
    authorize: `/${tenant}/oauth2/v2.0/authorize`,
    token: `/${tenant}/oauth2/v2.0/token`,
    jwks: `/${tenant}/discovery/v2.0/keys`,
  },
});
await server.issuer.keys.generate("RS256");
await server.start(0, "127.0.0.1");
const { port } = server.address();
// The package appends its endpoint paths to this, so the tenant must not be in it.
server.issuer.url = `https://localhost:${port}`;

server.service.on("beforeTokenSigning", (token, request) => {
  const id = String(request.body?.client_id ?? "");
  const resource = String(request.body?.scope ?? "")
    .split(" ")
    .find((scope) => scope.endsWith("/.default"));
  const objectId = clients[id]?.objectId;
  Object.assign(token.payload, {
    iss: `https://localhost:${port}/${tenant}/v2.0`,
    ...(resource === undefined ? {} : { aud: resource.slice(0, -"/.default".length) }),
    tid: tenant,
    appid: id,
    idtyp: "app",
    oid: objectId,
    sub: objectId,
    // Entra's token id: no two tokens are the same, not even two of one second.
    uti: randomUUID(),
  });
});

server.service.on("beforeResponse", (response, request) => {
  const id = String(request.body?.client_id ?? "");
  const client = clients[id];
  if (client !== undefined && client.secret === request.body?.client_secret) return;
  response.statusCode = client === undefined ? 400 : 401;
  response.body =
    client === undefined
      ? {
          error: "unauthorized_client",
          error_codes: [700016],
          error_description: `AADSTS700016: Application with identifier '${id}' was not found in the directory '${tenant}'.`,
        }
      : {
          error: "invalid_client",
          error_codes: [7000215],
          error_description: `AADSTS7000215: Invalid client secret provided for app '${id}'.`,
        };
});

process.stdin.resume();
process.stdin.on("close", () => process.exit(0));
process.stdout.write(`${JSON.stringify({ port, keys: server.issuer.keys.toJSON(false) })}\n`);
