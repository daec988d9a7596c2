import { azureKinds } from "../../snapshot/kinds/azure.ts";
import type { ApiCall } from "../../snapshot/kinds/calls.ts";
import type { JsonObject } from "../http/answer.ts";
import { isObject } from "../http/answer.ts";
import { ReadFailure } from "../http/failure.ts";
import { attempt, type Recorder } from "../recorder.ts";
import type { AzureReader } from "./reader.ts";

/** An account's id is a path that we send a request to. */
const accountShape =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/([\w.()-]+)\/providers\/Microsoft\.Storage\/storageAccounts\/([a-z0-9]{3,24})$/i;

/**
 * The containers of these storage accounts, a document for each account: an account without containers, and one that
 * was not asked, are two things. The management plane is asked, which needs no key and reads no blob.
 * @param wanted `<group>/<account>`, `*` for any; absent: of every account
 */
export async function readContainers(
  accounts: readonly JsonObject[],
  wanted: readonly string[] | undefined,
  reader: AzureReader,
  recorder: Pick<Recorder, "keep" | "miss">,
): Promise<void> {
  const kind = "azure/blob-container";
  const [call] = azureKinds[kind].calls;
  await Promise.all(
    accounts.map(async ({ id }) => {
      const account = typeof id === "string" ? id : "";
      const shape = accountShape.exec(account);
      const miss = (failure: ReadFailure) => {
        const api = `${call.method} ${pathOf(call, account)}`;
        recorder.miss({ kind, api, id: account, permission: call.permission }, failure);
        return undefined;
      };
      const [, group = "", name = ""] = shape ?? [];
      if (shape === null || /^\.+$/.test(group)) {
        miss(new ReadFailure("malformed", "a storage account has an id that is none of a storage account"));
        return;
      }
      if (wanted !== undefined && !wanted.some((each) => names(each, group, name))) return;
      const found = await attempt(
        async () => (await reader.list({ ...call, path: pathOf(call, account) })).map(containerOf),
        miss,
      );
      if (found !== undefined) recorder.keep(kind, account, { value: found });
    }),
  );
}

function pathOf(call: ApiCall, account: string): string {
  return call.path.replace("{storageAccount}", account);
}

function names(wanted: string, group: string, name: string): boolean {
  const [inGroup, called] = wanted.toLowerCase().split("/");
  const is = (pattern: string | undefined, text: string) => pattern === "*" || pattern === text.toLowerCase();
  return is(inGroup, group) && is(called, name);
}

/** What is kept of a container: its metadata are anybody's to write into. One that tells nothing is not taken for private. */
function containerOf({ id, name, properties }: JsonObject): JsonObject {
  if (!isObject(properties)) throw new ReadFailure("malformed", "a container of the list has no properties");
  const { publicAccess, deleted } = properties;
  return { id, name, properties: { publicAccess, deleted } };
}
