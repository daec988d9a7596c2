import type { AzureSettings } from "../settings.ts";

/** An Azure cloud: where its Resource Manager and its sign-in are. */
interface AzureCloud {
  readonly endpoint: string;
  readonly authority: string;
}

/** From Microsoft's list of national clouds; the authorities are those of the identity SDK. */
export const azureClouds = {
  public: { endpoint: "https://management.azure.com", authority: "https://login.microsoftonline.com" },
  usgovernment: {
    endpoint: "https://management.usgovcloudapi.net",
    authority: "https://login.microsoftonline.us",
  },
  china: { endpoint: "https://management.chinacloudapi.cn", authority: "https://login.chinacloudapi.cn" },
} satisfies Record<AzureSettings["cloud"], AzureCloud>;
