import { expect, test } from "vitest";
import { gapsOf } from "../../src/reporters/gaps.ts";
import { control, report, SUBSCRIPTION, target, VAULT_UNREAD, worlds } from "../report/sample.ts";

test("only what no finding tells: controls with their reason, targets, the run", () => {
  expect(gapsOf(worlds.none())).toEqual([]);
  expect(gapsOf(worlds.partial())).toEqual([
    {
      target: `azure:${SUBSCRIPTION}`,
      control: "acme-azure/key-vault-access",
      text: "listing vaults was refused: needs Microsoft.KeyVault/vaults/read at the subscription",
    },
  ]);
  expect(gapsOf({ ...worlds.none(), interrupted: true })).toEqual([
    { target: "", text: "the run was interrupted: not everything was assessed" },
  ]);
  expect(gapsOf(report())).toEqual([{ target: "", text: "nothing was assessed" }]);
});

test("a target that was not read completely is told where each of its controls has a verdict", () => {
  const built = report({
    targets: [target(SUBSCRIPTION, { complete: false, unread: [VAULT_UNREAD] })],
    controls: [control("platform-role", "pass")],
  });
  expect(gapsOf(built)).toEqual([
    {
      target: `azure:${SUBSCRIPTION}`,
      text: `the target was not read completely: ${VAULT_UNREAD.api}: ${VAULT_UNREAD.detail}`,
    },
  ]);
});
