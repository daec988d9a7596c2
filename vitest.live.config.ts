import { defineConfig } from "vitest/config";

/** `npm run test:live`: real servers and the real SDKs; one file at a time, since they share the servers. */
export default defineConfig({
  test: {
    include: ["test/live/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
