// The plain side of `npm run bench:engine`: the same resources by the classes of the two SDKs, from the list that plainDeployment.ts
// derives.
const aws = require("@pulumi/aws");
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");

/**
 * `aws:ec2/securityGroup:SecurityGroup`, `kubernetes:networking.k8s.io/v1:NetworkPolicy`; kinds that the SDK does not know have one class.
 */
function classOf(type) {
  const [sdk, module, name] = type.split(":");
  const [group, version] = module.split("/");
  if (sdk === "aws") return aws[group][name];
  return k8s[group.split(".")[0]]?.[version]?.[name] ?? k8s.apiextensions.CustomResource;
}

function wired(value, made) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => wired(item, made));
  if (value.$text) return pulumi.concat(...value.$text.map((part) => wired(part, made)));
  if (value.$resource !== undefined) return value.path.reduce((output, key) => output[key], made[value.$resource]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wired(item, made)]));
}

function makeDeployment(resources, providers) {
  const made = [];
  for (const { type, name, inputs, dependsOn, options } of resources) {
    const Class = classOf(type);
    const provider = providers[type.split(":")[0]];
    made.push(new Class(name, wired(inputs, made), { provider, dependsOn: dependsOn.map((place) => made[place]), ...options }));
  }
}

/** `deployment`: the list as text, with `anyLabel` where a label belongs. */
module.exports = function plainProgram({ region, cluster, deployment, anyLabel, labels }) {
  const providers = { aws: new aws.Provider("aws", { region }), kubernetes: new k8s.Provider("kubernetes", cluster.provider) };
  for (const label of labels) makeDeployment(JSON.parse(deployment.replaceAll(anyLabel, label)), providers);
};
