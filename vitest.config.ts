import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * Two projects: `unit` reads the sources; `bundle` starts the built command as a child process, so it alone has
 * a set-up that bundles the sources first (into a folder of its own: test runs do not disturb each other).
 */
export default defineConfig({
  test: {
    pool: "forks",
    // vitest leaves one processor alone, which on two is half of them
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // far above what any test takes: machines are shared, and a bound on time is no assertion
    testTimeout: 120_000,
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "json-summary"] },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/live/**", "test/soak/**", "test/package/**", "test/cli/bundle/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "bundle",
          include: ["test/cli/bundle/**/*.test.ts", "test/package/**/*.test.ts"],
          globalSetup: ["test/cli/bundle/set-up.ts"],
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
