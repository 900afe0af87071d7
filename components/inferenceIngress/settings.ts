/** The settings of an endpoint with defaults filled in, including the two numbers that a serving set may pass as outputs. */
import * as pulumi from "@pulumi/pulumi";
import { servingTimeouts } from "../../sizing/costAndTime/timeouts";
import { given } from "../../sizing/givenKeys";
import { IngressMode, IngressScheme, type Exposure, type InferenceIngressOptions } from "./exposure";
import { isCertified } from "./plainHttp";

/** The arguments of InferenceIngress that its children use; InferenceIngressArgs documents them. */
export interface EndpointWiring extends InferenceIngressOptions {
  idleTimeoutSeconds?: pulumi.Input<number>;
  drainSeconds?: pulumi.Input<number>;
  serviceName: pulumi.Input<string>;
  namespace: pulumi.Input<string>;
  servicePort?: pulumi.Input<number>;
  targetSecurityGroupId: pulumi.Input<string>;
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  certificateArn?: pulumi.Input<string>;
  hostname?: pulumi.Input<string>;
  hostedZoneId?: pulumi.Input<string>;
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface EndpointSettings {
  mode: IngressMode;
  scheme: IngressScheme;
  inboundCidrs: string[];
  idleTimeoutSeconds: pulumi.Input<number>;
  deregistrationDelaySeconds: pulumi.Input<number>;
  tls: boolean;
  protect: boolean;
}

export function endpointSettings(args: EndpointWiring): EndpointSettings {
  const { mode = IngressMode.Direct, scheme = IngressScheme.Internal, inboundCidrs, protect = false } = args;
  return {
    mode,
    scheme,
    inboundCidrs: [...new Set(inboundCidrs)],
    ...waits(args),
    tls: isCertified(exposureOf(args)),
    protect,
  };
}

/** Each result is plain if its number is. */
function waits(args: EndpointWiring): Pick<EndpointSettings, "idleTimeoutSeconds" | "deregistrationDelaySeconds"> {
  const plain = plainNumbers(args);
  // The two results that we use do not depend on the load.
  const settled = (numbers: typeof plain) => servingTimeouts({ loadSecondsCold: 0, ...numbers });
  const wired = <Key extends "idleTimeoutSeconds" | "drainSeconds">(key: Key) => args[key] !== undefined && plain[key] === undefined;
  const { idleTimeoutSeconds, deregistrationDelaySeconds } = settled(plain);
  return {
    idleTimeoutSeconds: wired("idleTimeoutSeconds")
      ? pulumi.output(args.idleTimeoutSeconds).apply((seconds) => seconds ?? 0)
      : idleTimeoutSeconds,
    deregistrationDelaySeconds: wired("drainSeconds")
      ? pulumi
          .output(args.drainSeconds)
          .apply((drainSeconds) => settled(given({ drainSeconds }, "drainSeconds")).deregistrationDelaySeconds)
      : deregistrationDelaySeconds,
  };
}

function plainNumbers({ idleTimeoutSeconds, drainSeconds }: EndpointWiring): { idleTimeoutSeconds?: number; drainSeconds?: number } {
  return {
    ...(typeof idleTimeoutSeconds === "number" && { idleTimeoutSeconds }),
    ...(typeof drainSeconds === "number" && { drainSeconds }),
  };
}

/** The settings that are known before deployment. An Output would delay the registration of the component and of every child. */
export function plainSettings(settings: EndpointSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => !pulumi.Output.isInstance(value)));
}

/** What the checks can read before deployment. A wired value counts as given even while it is unknown. */
export function exposureOf(args: EndpointWiring): Exposure {
  return {
    ...given(args, "inboundCidrs", "mode", "scheme", "authenticated", "protect", "timeouts"),
    ...plainNumbers(args),
    ...(Array.isArray(args.subnetIds) && { subnetCount: args.subnetIds.length }),
    certificateGiven: args.certificateArn !== undefined,
    hostnameGiven: args.hostname !== undefined,
    ...(typeof args.hostname === "string" && { hostname: args.hostname }),
    hostedZoneGiven: args.hostedZoneId !== undefined,
  };
}
