import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ReadFailure } from "../../../src/collectors/http/failure.ts";
import { releaseOf } from "../../../src/collectors/kubernetes/release.ts";

const storages = ["secret", "configmap"] as const;

function refusal(record: unknown, storage: (typeof storages)[number]): unknown {
  try {
    return releaseOf(record, storage);
  } catch (error) {
    return error;
  }
}

it("of any bytes it gives a release or says that it is none: it never throws anything else", () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
  const zipped = fc.oneof(bytes, fc.json().map(Buffer.from)).map((each) => gzipSync(each));
  const cut = zipped.chain((each) => fc.nat(each.length).map((end) => each.subarray(0, end)));
  const record = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.oneof(bytes, zipped, cut).map((each) => each.toString("base64")),
    fc.oneof(zipped, cut).map((each) => Buffer.from(each.toString("base64")).toString("base64")),
  );
  fc.assert(
    fc.property(record, fc.constantFrom(...storages), (given, storage) => {
      expect(refusal(given, storage)).toBeInstanceOf(ReadFailure);
    }),
    { numRuns: 500 },
  );
});

it("any JSON of the form of a record gives a release with texts of bounded length, or a refusal", () => {
  const text = fc.oneof(fc.string({ maxLength: 1_000 }), fc.constant(undefined), fc.jsonValue());
  const shape = fc.record({
    name: text,
    version: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
    info: fc.oneof(fc.record({ status: text, last_deployed: text }), fc.jsonValue()),
    chart: fc.oneof(fc.record({ metadata: fc.record({ name: text, version: text }) }), fc.jsonValue()),
  });
  fc.assert(
    fc.property(shape, (given) => {
      const record = gzipSync(JSON.stringify(given)).toString("base64");
      const found = refusal(record, "configmap");
      if (found instanceof ReadFailure) return;
      const { name, status, chart } = found as ReturnType<typeof releaseOf>;
      for (const each of [name, status, chart.name, chart.version]) {
        expect(each.length).toBeGreaterThan(0);
        expect(each.length).toBeLessThanOrEqual(300);
      }
    }),
    { numRuns: 300 },
  );
});
