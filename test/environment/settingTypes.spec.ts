import assert from "node:assert/strict";
import type { EnvironmentConfiguration } from "../../automation";
import type { InstanceTypeName, ModelName } from "../../catalog/names";
import { readSettings } from "../../environment/settings";
import type { PlatformPart, SecretKey, Settings } from "../../environment/settingTypes";
import { list, oneOf, text } from "../../environment/valueSchema";

// Proves with the compiler (`npm run types`) what the derived types say: names, kinds, allowed words, and which keys are optional.
// Types do not check ranges and patterns. settingDeclarations.spec.ts proves that the published declarations say the same.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Optional<T, Key extends keyof T> = Same<Pick<T, Key>, { [Each in Key]?: T[Each] }>;
const isTrue = <Claim extends true>(...claims: Claim[]) => claims;

describe("the types of the settings", () => {
  it("always have the keys with a default, and leave the rest optional", () => {
    isTrue<Same<Settings["model"], ModelName>>();
    isTrue<Same<Settings["instanceType"], InstanceTypeName>>();
    isTrue<Same<Settings["nodeCount"], number>>();
    isTrue<Same<Settings["preflight"], boolean>>();
    isTrue<Same<Settings["capacity"]["type"], "onDemand" | "spot" | "reservation" | "capacityBlock">>();
    isTrue<Same<Settings["ingress"]["idleTimeoutSeconds"], number>>();
    isTrue<Same<Settings["tags"], Record<string, string>>>();
    isTrue<Same<Settings["cluster"]["addonVersions"], Record<string, string>>>();
    isTrue<Same<Exclude<Settings["engine"]["extraArguments"], undefined>, string[]>>();
    isTrue<Same<Exclude<Settings["engine"]["gpuMemoryUtilization"], undefined>, number>>();
    isTrue<Same<Exclude<Settings["gpuNodes"]["start"], undefined>, "afterWeights" | "withCluster">>();
    isTrue<Optional<Settings, "replicas" | "apiKey" | "modelRevision" | "availabilityZone">>();
    isTrue<Optional<Settings["engine"], "maxModelLen" | "extraArguments" | "kvCacheDtype">>();
    // @ts-expect-error an optional key is not always there
    const replicas: number = readSettings({}).settings.replicas;
    assert.equal(replicas, undefined);
  });

  it("let an embedder leave out everything, down into objects", () => {
    const nothing: EnvironmentConfiguration = { engine: {}, cluster: {} };
    assert.deepEqual(readSettings(nothing), readSettings({}));
    isTrue<Same<keyof EnvironmentConfiguration, keyof Settings>>();
    isTrue<Optional<EnvironmentConfiguration, keyof EnvironmentConfiguration>>();
    type Engine = NonNullable<EnvironmentConfiguration["engine"]>;
    isTrue<Same<keyof Engine, keyof Settings["engine"]>>();
    isTrue<Optional<Engine, keyof Engine>>();
  });

  it("refuse keys, kinds and words that the schema does not have", () => {
    const wrong: EnvironmentConfiguration[] = [
      // @ts-expect-error no such key
      { nodeCuont: 4 },
      // @ts-expect-error no such key inside an object
      { engine: { maxModelLength: 1 } },
      // @ts-expect-error text where a number is needed
      { nodeCount: "4" },
      // @ts-expect-error not one of the words
      { ingress: { mode: "nginx" } },
      // @ts-expect-error not a list
      { engine: { extraArguments: "--enforce-eager" } },
    ];
    for (const values of wrong) assert.equal(readSettings({ ...values }).problems.length, 1);
  });

  it("name the parts of the platform and the secrets", () => {
    isTrue<Same<SecretKey, "apiKey" | "huggingFaceToken">>();
    isTrue<"metricsServer" extends PlatformPart ? true : false>();
    isTrue<"chartRepository" extends PlatformPart ? false : true>();
  });

  it("cannot be written with a word that a schema does not have", () => {
    // @ts-expect-error a typing error
    text("A text.", { defualt: "x" });
    // @ts-expect-error a pattern is text
    oneOf("One of a few.", ["a"], { pattern: 1 });
    assert.deepEqual(list("A list.", text("An entry.")).items.type, "string");
  });
});
