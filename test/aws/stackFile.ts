/** Pulumi.<stack>.yaml of a run: Pulumi.cheap.yaml with the caller's place and address. */
import { parseDocument } from "yaml";
import type { Request } from "./request";

export function stackFile(cheap: string, { region, availabilityZone, publicAccessCidr }: Request): string {
  const document = parseDocument(cheap);
  document.setIn(["config", "aws:region"], region);
  document.setIn(["config", "vllm-eks:availabilityZone"], availabilityZone);
  document.setIn(["config", "vllm-eks:cluster"], { publicAccessCidrs: [publicAccessCidr] });
  return document.toString();
}
