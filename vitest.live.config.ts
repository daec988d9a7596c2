import { defineConfig } from "vitest/config";

/** `npm run test:live`: real servers and the real SDKs; one file at a time, since they share the servers. */
export default defineConfig({
  test: {
    include: ["test/live/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    // a cold build of the API server takes ten minutes and more on a small machine
    hookTimeout: 1_800_000,
  },
});
