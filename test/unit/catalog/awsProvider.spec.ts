// Proves that the catalog's description of the namespace `aws` is the installed provider's, argument by argument and field by field: a new
// version of the provider fails here by name. It does not prove that the provider accepts a value of the described form.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { awsEndpointServices } from "../../../catalog/awsEndpointServices";
import { awsArguments, renamedAwsArguments, type AwsForm } from "../../../catalog/awsProvider";

const declarations = path.dirname(require.resolve("@pulumi/aws/package.json"));
const read = (file: string) => fs.readFileSync(path.join(declarations, file), "utf8");

/** The fields of an interface, with the types that they have without `Input` and `undefined`. */
function fieldsOf(text: string, name: string): Record<string, string> {
  const [, body = ""] = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(text) ?? assert.fail(`there is no ${name}`);
  const lines = body.replace(/\/\*\*[\s\S]*?\*\//g, "").matchAll(/^ {4}(\w+)\??: ([\s\S]*?);$/gm);
  return Object.fromEntries([...lines].map(([, field = "", type = ""]) => [field, plain(type)]));
}

const plain = (type: string): string =>
  type
    .replace(/\s+/g, " ")
    .replace(/pulumi\.Input|inputs\./g, "")
    .replace(/ ?\| undefined|[<>]|;/g, "")
    .trim();

const types = read("types/input.d.ts");

function expected(form: AwsForm, declared: string): void {
  switch (form.type) {
    case "text":
      return assert.equal(declared, "string");
    case "flag":
      return assert.equal(declared, "boolean");
    case "number":
      return assert.equal(declared, "number");
    case "list":
      assert.match(declared, /\[\]$/);
      return expected(form.of, declared.slice(0, -2));
    case "map":
      return assert.match(declared, /^\{ \[key: string\]: string/);
    case "object": {
      const fields = fieldsOf(types, declared);
      assert.deepEqual(Object.keys(form.fields).sort(), Object.keys(fields).sort(), declared);
      for (const [field, inner] of Object.entries(form.fields)) expected(inner, fields[field]!);
    }
  }
}

describe("the description of the AWS provider's arguments", () => {
  const declared = fieldsOf(read("provider.d.ts"), "ProviderArgs");

  it("has every argument of the installed provider, and no other", () => {
    assert.deepEqual(Object.keys(awsArguments).sort(), Object.keys(declared).sort());
  });

  it("has the same keys as the provider's configuration", () => {
    const variables = [...read("config/vars.d.ts").matchAll(/export declare const (\w+):/g)].map(([, name]) => name);
    assert.deepEqual(Object.keys(awsArguments).sort(), variables.sort());
  });

  for (const [name, { form }] of Object.entries(awsArguments))
    it(`gives ${name} the type and the fields that the provider declares`, () => expected(form, declared[name]!));

  it("has every service whose address can be replaced", () => {
    assert.deepEqual([...awsEndpointServices].sort(), Object.keys(fieldsOf(types, "ProviderEndpoint")).sort());
  });

  it("lists as renamed only keys that the provider does not have, and their names of today", () => {
    for (const [old, { key, nowList }] of Object.entries(renamedAwsArguments)) {
      assert.equal(declared[old], undefined, old);
      assert.equal(awsArguments[key]!.form.type === "list", nowList === true, old);
    }
  });

  it("says of every argument what it decides, and marks what is secret", () => {
    const deciding = (decision: string) => Object.keys(awsArguments).filter((name) => awsArguments[name]!.decides === decision);
    assert.deepEqual(deciding("principal"), [
      ...["accessKey", "assumeRoleWithWebIdentity", "assumeRoles", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode"],
      ...["profile", "region", "secretKey", "sharedConfigFiles", "sharedCredentialsFiles", "token"],
    ]);
    assert.deepEqual(deciding("account"), ["allowedAccountIds", "forbiddenAccountIds"]);
    const secret = Object.entries(awsArguments).filter(([, { form }]) => form.type === "text" && form.secret);
    assert.deepEqual(
      secret.map(([name]) => name),
      ["secretKey", "token"],
    );
  });
});
