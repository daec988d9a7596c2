import type { Role } from "../../state/aws/roles.ts";
import type { Observation } from "../observation.ts";

/** A role that a control is about, or what there is to say of it instead. */
export type RoleSubject =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "observation"; readonly observation: Observation };
