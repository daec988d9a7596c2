import type { AzureSettings } from "../settings.ts";

/** An Azure cloud: where its Resource Manager, its sign-in and its directory (Microsoft Graph) are. */
interface AzureCloud {
  readonly endpoint: string;
  readonly authority: string;
  readonly graph: string;
}

/**
 * From Microsoft's list of national clouds; the authorities are those of the identity SDK. Graph of the US government's
 * cloud is that of GCC High (L4); the Department of Defense has its own, which --graph-endpoint names.
 */
export const azureClouds = {
  public: {
    endpoint: "https://management.azure.com",
    authority: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
  },
  usgovernment: {
    endpoint: "https://management.usgovcloudapi.net",
    authority: "https://login.microsoftonline.us",
    graph: "https://graph.microsoft.us",
  },
  china: {
    endpoint: "https://management.chinacloudapi.cn",
    authority: "https://login.chinacloudapi.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn",
  },
} satisfies Record<AzureSettings["cloud"], AzureCloud>;
