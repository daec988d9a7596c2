import { type BoundService, bound } from "./define.ts";
import { ec2 } from "./ec2.ts";
import { eks } from "./eks.ts";
import { iam } from "./iam.ts";
import { tagging } from "./tagging.ts";

/** Every service of AWS that a scan reads, beside the one that tells who is signed in. */
export const services: readonly BoundService[] = [bound(iam), bound(tagging), bound(ec2), bound(eks)];
