/**
 * What Pulumi runs when a program in another language uses the components: `main` of package.json in this repository. It exports no
 * component, or Pulumi would start a host of its own, without the translation of names.
 */
import path from "node:path";
import { main } from "@pulumi/pulumi/provider";
import { EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet } from "../components";
import { TranslatingProvider } from "./provider";

const components = [EfaGpuNodeGroup, InferenceIngress, LustreModelStore, VllmLeaderWorkerSet];
const provider = new TranslatingProvider({ name: "vllm-eks", dirname: path.dirname(__dirname), components });

void main(provider, process.argv.slice(2));
