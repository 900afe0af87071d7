/**
 * Pulumi runs this file when a program in another language uses the components: it is `main` of package.json in this repository. It does
 * not export components, or Pulumi would start its own host, which does not translate names.
 */
import path from "node:path";
import { main } from "@pulumi/pulumi/provider";
import { EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet } from "../components";
import { TranslatingProvider } from "./provider";

const components = [EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet];
const provider = new TranslatingProvider({ name: "vllm-eks", dirname: path.dirname(__dirname), components });

void main(provider, process.argv.slice(2));
