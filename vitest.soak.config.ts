import { defineConfig } from "vitest/config";

/** `npm run test:soak`: the property tests at a hundred times the size; nightly work. */
export default defineConfig({
  test: {
    include: ["test/soak/**/*.test.ts"],
    pool: "forks",
    testTimeout: 1_800_000,
  },
});
