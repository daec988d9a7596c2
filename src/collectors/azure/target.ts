import { visible } from "../../text/visible.ts";
import { CollectError } from "../define.ts";
import type { AzureSettings } from "../settings.ts";
import { azureClouds } from "./clouds.ts";

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return guid.test(text);
}

/** @throws CollectError unless the text is an id such as Azure gives to subscriptions, tenants and principals. */
export function requireGuid(text: string, what: string): string {
  if (isGuid(text)) return text;
  throw new CollectError(
    `${what}: expected an id such as 00000000-0000-0000-0000-000000000000, found ${JSON.stringify(visible(text).slice(0, 80))}`,
  );
}

/** Address of the Resource Manager. @throws CollectError when it is no https address. */
export function endpointOf(settings: AzureSettings): URL {
  return addressOf(settings.endpoint, "--azure-endpoint", azureClouds[settings.cloud].endpoint);
}

/** Address of Microsoft Graph. @throws CollectError when it is no https address. */
export function graphEndpointOf(settings: AzureSettings): URL {
  return addressOf(settings.graph, "--graph-endpoint", azureClouds[settings.cloud].graph);
}

function addressOf(given: string | undefined, flag: string, usual: string): URL {
  const text = given ?? usual;
  const shown = JSON.stringify(visible(text).slice(0, 200));
  if (!URL.canParse(text))
    throw new CollectError(`${flag}: expected an address such as ${usual}, found ${shown}`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    throw new CollectError(`${flag}: expected an address without a user name or password`);
  if (url.protocol !== "https:")
    throw new CollectError(
      `${flag}: expected an https address, found ${shown}: a token must not travel unencrypted`,
    );
  if (url.search !== "" || url.hash !== "" || url.pathname !== "/")
    throw new CollectError(`${flag}: expected an address without a path or query, found ${shown}`);
  return url;
}
